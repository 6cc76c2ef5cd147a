"""Who gets what at every address of the project; an address that is not listed fails."""

import re

import pytest
from architecture import url_roles
from django.urls import URLPattern, URLResolver, get_resolver, reverse


def names_of(resolver: URLResolver, prefix: str = "") -> list[str]:
    """Every address's full name; the pattern itself where it has none."""
    names = []
    for part in resolver.url_patterns:
        if isinstance(part, URLPattern):
            names.append(f"{prefix}{part.name}" if part.name else str(part.pattern))
        else:
            names += names_of(part, f"{prefix}{part.namespace}:" if part.namespace else prefix)
    return names


def test_every_address_is_listed_and_every_line_is_an_address():
    listed = {row.name for row in url_roles.ROWS}
    assert listed == set(names_of(get_resolver()))


def test_every_name_stands_for_one_address():
    names = names_of(get_resolver())
    assert [name for name in names if names.count(name) > 1] == []


@pytest.fixture
def hold():
    """The kind of entry that needs no words."""
    return "held"


@pytest.fixture
def value_of(request):
    """`patient.pk` is the fixture `patient`'s attribute `pk`."""

    def look_up(path: str):
        name, *attributes = path.split(".")
        value = request.getfixturevalue(name)
        for attribute in attributes:
            value = getattr(value, attribute)
        return value

    return look_up


@pytest.mark.parametrize("who", url_roles.WHO)
@pytest.mark.parametrize("row", url_roles.ROWS, ids=lambda row: re.sub(r"\W+", "-", row.name))
def test_each_role_gets_what_the_table_says(row, who, request, value_of, client_of, db):
    user = None if who == "anonymous" else request.getfixturevalue(who)
    address = reverse(row.name, kwargs={key: value_of(path) for key, path in row.needs.items()})
    response = getattr(client_of(user), row.method.lower())(address)
    assert response.status_code == row.statuses[url_roles.WHO.index(who)]
