"""What every page tells the browser to refuse."""

import pytest


@pytest.fixture
def response(client, db):
    return client.get("/account/login/")


def test_nothing_inline_nothing_from_elsewhere_never_in_a_frame(response):
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "object-src 'none'" in policy
    assert "unsafe" not in policy


def test_device_features_are_off(response):
    assert "camera=()" in response.headers["Permissions-Policy"]


def test_the_rest_of_the_headers(response):
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert response.headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_a_page_has_nothing_inline(response):
    page = response.content.decode()
    assert "<style" not in page
    assert " style=" not in page
    assert " onclick=" not in page
