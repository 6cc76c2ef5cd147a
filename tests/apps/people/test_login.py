"""Logging in: by name and password, with a lock, a second factor, and a trace in the log."""

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.core.cache import cache
from django.test import Client

from ebbtide.clinic.audit import queries as audit
from ebbtide.clinic.people.models import User

LOGIN = "/account/login/"
PASSWORD = "tide-goes-out-42"


@pytest.fixture(autouse=True)
def _no_earlier_tries():
    cache.clear()


@pytest.fixture
def nora(nurse):
    nurse.set_password(PASSWORD)
    nurse.save()
    return nurse


def log_in(client, *, login="nora", password=PASSWORD):
    return client.post(LOGIN, {"login": login, "password": password})


def is_in(client):
    return client.get("/patients/").status_code == 200


def test_name_and_password_let_in(nora):
    client = Client()
    response = log_in(client)
    assert (response.status_code, response.url) == (302, "/")
    assert is_in(client)
    line = audit.last_events(2)[1]
    assert (line.actor, line.verb, line.outcome) == ("nora", "people.log_in", "done")


def test_a_wrong_password_does_not(nora):
    client = Client()
    page = log_in(client, password="wrong")
    assert b"not correct" in page.content
    assert not is_in(client)
    line = audit.last_events(1)[0]
    assert (line.actor, line.verb, line.outcome) == ("nora", "people.log_in", "denied")


def test_a_password_typed_as_the_name_is_not_kept(nora):
    log_in(Client(), login=PASSWORD)
    assert audit.last_events(1)[0].actor == "(not logged in)"


def test_five_wrong_passwords_lock_the_name_from_there(nora):
    client = Client()
    for _ in range(5):
        page = log_in(client, password="wrong")
    assert page.status_code == 429
    assert b"closed for 15 minutes" in page.content
    assert log_in(client).status_code == 429
    assert log_in(Client(REMOTE_ADDR="192.0.2.7")).status_code == 302


def test_a_whole_site_may_log_in_at_one_address_within_a_minute(nora):
    assert {log_in(Client()).status_code for _ in range(40)} == {302}


def test_one_who_left_cannot_log_in(nora):
    User.objects.filter(pk=nora.pk).update(is_active=False)
    client = Client()
    log_in(client)
    assert not is_in(client)


def test_logging_out_takes_a_post(nora):
    client = Client()
    log_in(client)
    client.get("/account/logout/")
    assert is_in(client)
    client.post("/account/logout/")
    assert not is_in(client)
    assert "people.log_out" in [line.verb for line in audit.last_events(2)]


@pytest.mark.parametrize("path", ["signup/", "password/reset/", "email/"])
def test_nobody_makes_an_account_or_resets_a_password_by_mail(db, path):
    assert Client().get(f"/account/{path}").status_code == 404


def test_the_way_on_after_login_stays_in_the_house(nora):
    client = Client()
    data = {"login": "nora", "password": PASSWORD}
    assert (
        client.post(f"{LOGIN}?next=/patients/", {**data, "next": "/patients/"}).url == "/patients/"
    )
    client = Client()
    answer = client.post(LOGIN, {**data, "next": "https://example.org/"})
    assert answer.url == "/"


def test_a_second_factor_is_asked_for_and_kept_encrypted(nora):
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(nora, secret)
    assert secret not in str(Authenticator.objects.get(user=nora).data)
    client = Client()
    assert log_in(client).url == "/account/2fa/authenticate/"
    assert not is_in(client)
    counter = int(time.time()) // 30
    code = totp.format_hotp_value(totp.hotp_value(secret, counter))
    client.post("/account/2fa/authenticate/", {"code": code})
    assert is_in(client)


def test_a_session_ends_after_fifteen_idle_minutes_and_slides(nora, settings):
    client = Client()
    log_in(client)
    assert settings.SESSION_COOKIE_AGE == 900
    session = client.session
    session["seen_minute"] = 0
    session.save()
    before = client.session.get("seen_minute")
    is_in(client)
    assert client.session["seen_minute"] > before


@pytest.mark.parametrize(
    ("who", "place"),
    [
        ("front_desk", "/today/"),
        ("nurse", "/board/"),
        ("prescriber", "/board/"),
        ("director", "/board/"),
    ],
)
def test_home_leads_each_role_to_its_work(request, client_of, who, place):
    assert client_of(request.getfixturevalue(who)).get("/").url == place


def test_the_frame_shows_who_where_and_only_what_they_may_open(front_desk, director, client_of):
    page = client_of(front_desk).get("/patients/").content.decode()
    assert "Fern (synthetic)" in page
    assert "front desk" in page
    assert "Harbor" in page
    assert "Synthetic data" in page
    assert 'href="/board/"' not in page
    assert 'href="/audit/"' not in page
    assert 'href="/audit/"' in client_of(director).get("/patients/").content.decode()
