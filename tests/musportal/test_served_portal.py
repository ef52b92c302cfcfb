"""The plumbing itself: a served copy of the demo on the tests' day."""

import http.client
from urllib.parse import urlsplit


def test_the_portal_serves_its_own_copy_on_the_frozen_day(fresh_portal, portal):
    count = "from django.contrib.auth import get_user_model as u; print(u().objects.count())"
    before, fresh_before = portal.shell(count), fresh_portal.shell(count)
    fresh_portal.shell("from django.contrib.auth import get_user_model as u; u().objects.create_user('guest')")
    assert int(fresh_portal.shell(count)) == int(fresh_before) + 1
    assert portal.shell(count) == before
    assert portal.shell("from django.utils import timezone; print(timezone.localdate())").strip() == "2026-03-10"


def test_the_portals_mails_arrive(portal, mailbox):
    portal.shell(
        "from django.core.mail import EmailMessage as E; E('Hej', '', 'a@example.test', ['b@example.test']).send()"
    )
    assert [message["to"] for message in mailbox] == ["b@example.test"]


def test_the_portal_answers_at_its_login_page(portal):
    connection = http.client.HTTPConnection(urlsplit(portal.url).netloc, timeout=30)
    connection.request("GET", "/login/", headers={"Accept-Language": "da"})
    assert connection.getresponse().status == 200
    connection.close()
