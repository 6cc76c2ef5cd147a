"""Form controls of the design system."""

from decimal import Decimal
from typing import Any

from django import forms


class QuantityInput(forms.TextInput):
    """A number typed as text, so that a wrong one comes back as it was typed.

    `type="number"` submits nothing at all for `31,5` and changes under a scroll
    wheel. The stepper reads step and limits from the data attributes; the form
    field stays the judge of both.
    """

    def __init__(
        self,
        *,
        step: Decimal,
        at_least: Decimal | None = None,
        at_most: Decimal | None = None,
        attrs: dict[str, Any] | None = None,
    ) -> None:
        """Keep step and limits, in the unit of the field."""
        limits = {"data-step": step, "data-min": at_least, "data-max": at_most}
        given = {name: str(value) for name, value in limits.items() if value is not None}
        super().__init__({"inputmode": "decimal", "autocomplete": "off", **given, **(attrs or {})})
