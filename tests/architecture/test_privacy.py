"""Every field that the clinic stores is classed: identifying, clinical or plain."""

import pytest
from django.apps import apps

CLASSES = ("identifying", "clinical", "plain")
MODELS = [
    model
    for model in apps.get_models(include_auto_created=False)
    if model.__module__.startswith("ebbtide.")
]


def classed_wrongly(fields: set[str], privacy: dict[str, tuple[str, ...]]) -> list[str]:
    """What is wrong with a model's `privacy`, in words."""
    if tuple(privacy) != CLASSES:
        return [f"the classes are {', '.join(CLASSES)}, in this order"]
    named = [name for names in privacy.values() for name in names]
    return [
        *(f"{name} is in no class" for name in sorted(fields - set(named))),
        *(f"{name} is no field" for name in sorted(set(named) - fields)),
        *(f"{name} is classed twice" for name in sorted(set(named)) if named.count(name) > 1),
    ]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_every_field_has_one_privacy_class(model):
    fields = {field.name for field in model._meta.local_concrete_fields}
    assert classed_wrongly(fields, getattr(model, "privacy", {})) == []


def test_there_are_models_to_look_at():
    assert {"people.Patient", "audit.AuditEvent"} <= {model._meta.label for model in MODELS}


@pytest.mark.parametrize(
    ("privacy", "finding"),
    [
        ({}, "the classes are identifying, clinical, plain, in this order"),
        ({"identifying": (), "clinical": (), "plain": ()}, "name is in no class"),
        ({"identifying": ("name", "nme"), "clinical": (), "plain": ()}, "nme is no field"),
        ({"identifying": ("name",), "clinical": (), "plain": ("name",)}, "name is classed twice"),
    ],
)
def test_a_wrong_class_would_be_found(privacy, finding):
    assert classed_wrongly({"name"}, privacy) == [finding]
