"""Pages of the host itself."""

import secrets

from django.conf import settings
from django.contrib.auth.views import LoginView
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.template import loader


def server_error(request: HttpRequest) -> HttpResponse:
    """Show a reference number that the log holds too; the page asks nothing of the database or the session."""
    request.error_reference = secrets.token_hex(4).upper()
    page = loader.get_template("500.html").render({"reference": request.error_reference})
    return HttpResponse(page, status=500)


class PortalLoginView(LoginView):
    """Log in; the language of the person's profile, where one is chosen, becomes the language of the pages.

    Whoever is logged in goes on at once, unless the address asks for a login all the same, as before a signature. That
    gives the session a new token too; Django leaves it the old one where the same person logs in again.
    """

    def setup(self, request: HttpRequest, *args: object, **kwargs: object) -> None:
        super().setup(request, *args, **kwargs)
        self.redirect_authenticated_user = request.GET.get("prompt") != "login"

    def form_valid(self, form: Form) -> HttpResponse:
        is_again = self.request.user.is_authenticated
        response = super().form_valid(form)
        if is_again:
            self.request.session.cycle_key()
        profile = getattr(self.request.user, "wagtail_userprofile", None)
        if profile and profile.preferred_language in dict(settings.LANGUAGES):
            response.set_cookie(settings.LANGUAGE_COOKIE_NAME, profile.preferred_language, samesite="Lax")
        return response
