import pytest


@pytest.mark.django_db
def test_the_login_page_speaks_the_browsers_language(client):
    danish = client.get("/login/", headers={"accept-language": "da"}).content.decode()
    english = client.get("/login/", headers={"accept-language": "en"}).content.decode()
    assert '<html lang="da">' in danish
    assert '<html lang="en">' in english


@pytest.mark.django_db
def test_one_of_the_cast_logs_in_and_out(client, employee):
    answer = client.post("/login/", {"username": "employee", "password": "demo", "next": "/login/"})
    assert answer.status_code == 302
    assert client.session["_auth_user_id"] == str(employee.pk)
    client.post("/logout/")
    assert "_auth_user_id" not in client.session


@pytest.mark.django_db
def test_the_login_does_not_lead_to_another_site(client, employee):
    answer = client.post("/login/?next=//evil.example", {"username": "employee", "password": "demo"})
    assert answer.url == "/"


@pytest.mark.django_db
def test_pages_outside_the_cms_allow_no_inline_script_or_style(client):
    policy = client.get("/login/").headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy


@pytest.mark.django_db
def test_a_server_error_shows_a_reference_number(client, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("an answer")

    monkeypatch.setattr("django.contrib.auth.views.LoginView.get", fail)
    client.raise_request_exception = False
    answer = client.get("/login/")
    assert answer.status_code == 500
    assert answer.wsgi_request.error_reference in answer.content.decode()
    assert "an answer" not in answer.content.decode()
