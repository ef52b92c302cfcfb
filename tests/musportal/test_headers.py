"""What the host says beside every page: cookies and headers."""

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from wagtail.users.models import UserProfile

MINE = "/mus/"


@pytest.fixture
def entered(employee):
    """A browser that has logged in through the login page, for a person who has chosen a language."""
    profile = UserProfile.get_for_user(employee)
    profile.preferred_language = "en"
    profile.save()
    client = Client()
    client.get("/login/")
    client.post("/login/", {"username": "employee", "password": "demo"})
    return client


def whole(answer):
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


@pytest.mark.django_db
def test_cookies_stay_with_this_site_and_the_session_away_from_scripts(entered):
    cookies = entered.cookies
    assert set(cookies) == {"sessionid", "csrftoken", "django_language"}
    assert {cookie["samesite"] for cookie in cookies.values()} == {"Lax"}
    assert cookies["sessionid"]["httponly"]


@pytest.mark.django_db
def test_the_session_is_told_by_its_cookie_alone(entered):
    token = entered.cookies["sessionid"].value
    for path in (MINE, "/mus/token/"):
        answer = entered.get(path)
        assert answer.status_code == 200
        assert token.encode() not in whole(answer)
        assert token not in str({name: value for name, value in answer.headers.items() if name != "Set-Cookie"})


@pytest.mark.django_db
def test_a_login_begins_a_new_session_and_ends_the_one_before(employee):
    client = Client()
    planted = client.session
    planted["mark"] = "of an attacker"
    planted.save()
    client.cookies["sessionid"] = planted.session_key
    client.post("/login/", {"username": "employee", "password": "demo"})
    first = client.cookies["sessionid"].value
    assert first != planted.session_key
    client.post("/login/?prompt=login", {"username": "employee", "password": "demo"})
    assert client.cookies["sessionid"].value not in (first, planted.session_key)
    assert not Session.objects.filter(pk__in=[first, planted.session_key]).exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("who", "path", "status"),
    [
        ("nobody", "/login/", 200),
        ("nobody", MINE, 302),
        ("nobody", "/static/mus_workflow/js/autosave.js", 200),
        ("employee", MINE, 200),
        ("employee", "/mus/dialogues/00000000-0000-4000-8000-000000000000/", 404),
        ("employee", "/da/nowhere/", 404),
        ("admin", "/admin/", 200),
        ("admin", "/admin/login/", 302),
    ],
)
def test_every_answer_says_what_may_be_loaded_framed_guessed_and_told(cast, who, path, status):
    client = Client()
    if who != "nobody":
        client.force_login(getattr(cast, who))
    answer = client.get(path)
    answer.close()
    assert answer.status_code == status
    policy = answer.headers["Content-Security-Policy"].split("; ")
    assert {"object-src 'none'", "base-uri 'none'", "frame-ancestors 'self'", "form-action 'self'"} <= set(policy)
    assert any(each.startswith(("default-src 'self'", "script-src 'self'")) for each in policy)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"


def test_the_cms_tells_nobody_else_of_its_users(settings):
    assert settings.WAGTAIL_GRAVATAR_PROVIDER_URL is None
    assert settings.WAGTAIL_ENABLE_UPDATE_CHECK is False
