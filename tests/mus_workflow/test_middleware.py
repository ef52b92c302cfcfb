"""Who acts in a request of the host: looked up when somebody asks, and forgotten when it is answered."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model, login
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.tokens import default_token_generator
from django.contrib.auth.views import PasswordResetConfirmView
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils.encoding import force_bytes
from django.utils.functional import SimpleLazyObject
from django.utils.http import urlsafe_base64_encode

from mus_workflow.checks import check_middleware
from mus_workflow.middleware import WhoActs
from mus_workflow.models import PasswordChange, user_key
from mus_workflow.who_acts import NOBODY, Acting, acting_as, who_acts
from tests.builders import Cast

pytestmark = pytest.mark.django_db

NEW = {"new_password1": "et nyt og langt ord", "new_password2": "et nyt og langt ord"}


def told(user: Any, session: dict[str, Any] | None = None) -> Acting:
    """Who acts, told in the middle of a request of this user."""
    request = RequestFactory().get("/")
    request.user, request.session = user, session or {}
    seen: list[Acting] = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(who_acts())
        return HttpResponse()

    WhoActs(view)(request)
    return seen[0]


def test_outside_of_requests_nobody_acts(cast: Cast) -> None:
    assert who_acts() == NOBODY
    told(cast.employee)
    assert who_acts() == NOBODY


def test_it_is_the_person_who_is_logged_in(cast: Cast) -> None:
    assert told(cast.employee) == Acting(user_key(cast.employee), in_request=True)


def test_where_nobody_is_logged_in_there_is_a_request_all_the_same(cast: Cast) -> None:
    assert told(AnonymousUser()) == Acting(in_request=True)
    assert told(None) == Acting(in_request=True)


def test_the_person_behind_a_mask_is_named(cast: Cast) -> None:
    assert told(cast.employee, {"hijack_history": [user_key(cast.admin)]}) == Acting(
        user_key(cast.employee), user_key(cast.admin), in_request=True
    )


def test_a_login_in_the_middle_of_a_request_counts_from_then_on(cast: Cast, client: Client) -> None:
    request = client.get("/login/").wsgi_request
    request.user = AnonymousUser()
    seen: list[str] = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(who_acts().user)
        login(request, cast.employee, backend="django.contrib.auth.backends.ModelBackend")
        seen.append(who_acts().user)
        return HttpResponse()

    WhoActs(view)(request)
    assert seen == ["", user_key(cast.employee)]


def test_who_it_is_is_not_looked_up_for_a_page_that_does_not_ask() -> None:
    request = RequestFactory().get("/")
    request.user = SimpleLazyObject(lambda: pytest.fail("looked up"))
    assert WhoActs(lambda request: HttpResponse("done"))(request).content == b"done"


def test_one_inside_another_ends_where_it_began() -> None:
    outer, inner = Acting("1", in_request=True), Acting("2", in_request=True)
    with acting_as(outer):
        with acting_as(inner):
            assert who_acts() == inner
        assert who_acts() == outer


def test_a_broken_view_leaves_nobody_behind(cast: Cast) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        raise LookupError

    request = RequestFactory().get("/")
    request.user = cast.employee
    with pytest.raises(LookupError):
        WhoActs(view)(request)
    assert who_acts() == NOBODY


def changes() -> list[tuple[str, str]]:
    return list(PasswordChange.objects.values_list("user_key", "changed_by_key"))


def test_an_administrator_who_sets_a_password_in_the_cms_is_named(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.admin)
    where = f"/admin/users/edit/{cast.employee.pk}/"
    form = client.get(where).context["form"]
    fields = {name: form[name].value() for name in form.fields if form[name].value() not in (None, False)}
    new = {"password1": "et nyt og langt ord", "password2": "et nyt og langt ord", "groups": [], "is_active": "on"}
    client.post(where, {**fields, **new})
    assert get_user_model().objects.get(pk=cast.employee.pk).check_password("et nyt og langt ord")
    assert changes() == [(user_key(cast.employee), user_key(cast.admin))]


def test_an_administrator_who_makes_an_account_in_the_cms_is_named(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.admin)
    typed = {"username": "new", "email": "new@example.org", "first_name": "Nina", "last_name": "Ny", "is_active": "on"}
    passwords = {"password1": "et nyt og langt ord", "password2": "et nyt og langt ord"}
    client.post("/admin/users/new/", {**typed, **passwords})
    assert changes() == [(user_key(get_user_model().objects.get(username="new")), user_key(cast.admin))]


def test_a_link_that_was_mailed_changes_the_persons_own(cast: Cast) -> None:
    uid = urlsafe_base64_encode(force_bytes(cast.employee.pk))
    token = default_token_generator.make_token(cast.employee)
    request = RequestFactory().post("/", NEW)
    request.user, request.session = AnonymousUser(), {"_password_reset_token": token}
    view = PasswordResetConfirmView.as_view(success_url="/")
    WhoActs(lambda request: view(request, uidb64=uid, token="set-password"))(request)
    assert changes() == [(user_key(cast.employee), user_key(cast.employee))]


def test_a_host_without_it_is_told(settings: Any) -> None:
    assert check_middleware(None) == []
    settings.MIDDLEWARE = [one for one in settings.MIDDLEWARE if not one.endswith("WhoActs")]
    assert [found.id for found in check_middleware(None)] == ["mus.W007"]
