"""The options of a choice as people tap them."""

from django import forms

from ebbtide.clinic.web.templatetags.choices import options


class Asked(forms.Form):
    limb = forms.ChoiceField(
        choices=[("left arm", "Left arm"), ("<b>", 'Right "arm" <b>')], widget=forms.RadioSelect
    )
    seen = forms.MultipleChoiceField(
        choices=[("nausea", "Nausea")], widget=forms.CheckboxSelectMultiple, required=False
    )


def test_the_chosen_option_is_checked_and_each_label_belongs_to_its_input():
    first, second = options(Asked({"limb": "left arm"})["limb"]).split("\n")
    assert first == (
        '<label class="choice" for="id_limb_0"><input id="id_limb_0" name="limb" type="radio" '
        'value="left arm" checked required><span>Left arm</span></label>'
    )
    assert " checked" not in second


def test_words_and_values_are_escaped():
    second = options(Asked()["limb"]).split("\n")[1]
    assert 'value="&lt;b&gt;"' in second
    assert "<span>Right &quot;arm&quot; &lt;b&gt;</span>" in second


def test_several_may_be_ticked():
    only = options(Asked({"seen": ["nausea"]})["seen"])
    assert 'name="seen" type="checkbox" value="nausea" checked>' in only
