"""The host's own login."""

from django.contrib.auth.views import LoginView
from django.urls import path

urlpatterns = [path("log-ind/", LoginView.as_view(template_name="people/login.html"), name="log_ind")]
