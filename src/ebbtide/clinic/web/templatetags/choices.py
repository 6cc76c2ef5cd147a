"""The options of a choice, in one step: a room page has eighty of them."""

from django import template
from django.forms import BoundField
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def options(field: BoundField) -> SafeString:
    """Each option as a radio button or tick box inside its label."""
    widgets = (option.data for option in field.subwidgets)
    return format_html_join("\n", "{}", ((_option(widget),) for widget in widgets))


def _option(widget: dict[str, object]) -> SafeString:
    asked = {name: widget[name] for name in ("type", "name", "value")}
    attrs = {**asked, **widget["attrs"]}  # type: ignore[dict-item]
    return format_html(
        '<label class="choice" for="{}"><input{}><span>{}</span></label>',
        attrs.get("id"),
        flatatt(attrs),
        widget["label"],
    )
