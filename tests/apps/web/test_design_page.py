"""The living design page and the theme switch, as a browser without JavaScript meets them."""

import pytest
from django import forms
from django.template import Context, Template
from django.template.loader import render_to_string
from django_cotton.compiler_regex import CottonCompiler

from ebbtide.clinic.web import specimens
from ebbtide.science.findings import Finding, Severity


def render(template: str, **context: object) -> str:
    return Template(CottonCompiler().process(template)).render(Context(context))


def test_every_component_is_shown_in_both_themes(client):
    page = client.get("/design/").content.decode()
    assert page.count('class="specimen"') == len(specimens.SPECIMENS)
    for theme in specimens.THEMES:
        panels = page.count(f'class="specimen-panel" data-theme="{theme}"')
        assert panels == len(specimens.SPECIMENS)


def test_no_id_is_used_twice(client):
    page = client.get("/design/").content.decode()
    ids = [part.split('"')[0] for part in page.split(' id="')[1:]]
    assert sorted(ids) == sorted(set(ids))


def test_a_form_chooses_the_theme_and_goes_back(client):
    answer = client.post("/theme/", {"theme": "dim", "next": "/design/?a=1"})
    assert (answer.status_code, answer.url) == (302, "/design/?a=1")
    assert 'lang="en" data-theme="dim"' in client.get("/design/").content.decode()


@pytest.mark.parametrize("elsewhere", ["//example.org/", "https://example.org/", "javascript:go()"])
def test_the_theme_switch_leads_nowhere_else(client, elsewhere):
    assert client.post("/theme/", {"theme": "dim", "next": elsewhere}).url == "/"


@pytest.mark.parametrize("theme", ["", "purple", '"><script>'])
def test_an_unknown_theme_is_light(client, theme):
    client.post("/theme/", {"theme": theme})
    assert client.cookies["theme"].value == "light"
    client.cookies["theme"] = theme
    assert 'lang="en" data-theme="light"' in client.get("/design/").content.decode()


def test_a_covered_tile_does_not_hold_its_number():
    covered = render('<c-tile label="pulse" number="72" unit="/min" covered="yes" />')
    assert "is-covered" in covered
    assert "72" not in covered
    assert "72" in render('<c-tile label="pulse" number="72" unit="/min" />')


def test_findings_come_weightiest_first_each_with_its_word():
    findings = [
        Finding(code="a.notice", severity=Severity.NOTICE, message="third"),
        Finding(code="a.block", severity=Severity.BLOCK, message="first"),
        Finding(code="a.override", severity=Severity.OVERRIDE, message="second"),
    ]
    html = render('<c-findings :findings="findings" />', findings=findings)
    words = ["Not possible", "first", "Needs a reason", "second", "Notice", "third"]
    places = [html.index(word) for word in words]
    assert places == sorted(places)


def test_no_findings_leave_nothing_behind():
    assert render('<c-findings :findings="findings" />', findings=[]).strip() == ""


class OneNumber(forms.Form):
    weight = forms.DecimalField(widget=specimens.QuantityInput(step=1), help_text="In kilograms.")


@pytest.mark.parametrize("component", ["c-field", "c-stepper"])
def test_a_wrong_number_comes_back_as_typed_with_its_error_tied_to_it(component):
    html = render(
        f'<{component} :field="form.weight" unit="kg" />', form=OneNumber({"weight": "82,5x"})
    )
    assert 'value="82,5x"' in html
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_weight_helptext id_weight_error"' in html
    assert 'id="id_weight_error"' in html
    assert 'id="id_weight_helptext"' in html


@pytest.mark.parametrize("code", [400, 403, 404, 500])
def test_an_error_page_says_what_became_of_the_data(code):
    html = render_to_string(f"{code}.html")
    assert "saved" in html or "changed" in html or code == 404
    assert f"Code {code}." in html
