"""Who is logged in is asked anew on every request: by Django's own rules, with two small queries."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

TOKEN = "/mus/token/"  # a page that is only for people who are logged in


def logged_in(person):
    client = Client()
    client.force_login(person)
    return client


@pytest.mark.django_db
def test_a_request_asks_once_for_the_session_and_once_for_the_account(employee, django_assert_num_queries):
    client = logged_in(employee)
    assert client.get(TOKEN).status_code == 200
    with django_assert_num_queries(2):
        assert client.get(TOKEN).wsgi_request.user == employee


@pytest.mark.django_db
def test_logging_out_ends_every_copy_of_the_session(employee):
    client, copy = logged_in(employee), Client()
    copy.cookies = client.cookies.copy()
    assert copy.get(TOKEN).status_code == 200
    client.post("/logout/")
    assert copy.get(TOKEN).status_code == 302


@pytest.mark.django_db
def test_a_session_that_ran_out_is_nobodys(employee):
    client = logged_in(employee)
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert client.get(TOKEN).status_code == 302


@pytest.mark.django_db
def test_an_account_that_is_closed_is_logged_out_at_once(employee):
    client = logged_in(employee)
    employee.is_active = False
    employee.save()
    assert client.get(TOKEN).status_code == 302


@pytest.mark.django_db
def test_a_new_password_ends_the_sessions_that_the_old_one_began(employee):
    client = logged_in(employee)
    employee.set_password("another")
    employee.save()
    assert client.get(TOKEN).status_code == 302


@pytest.mark.django_db
def test_a_name_changed_meanwhile_is_seen_on_the_next_page(employee):
    client = logged_in(employee)
    client.get(TOKEN)
    employee.first_name = "Renamed"
    employee.save()
    assert client.get(TOKEN).wsgi_request.user.first_name == "Renamed"
