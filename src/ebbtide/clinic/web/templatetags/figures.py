"""Figures for people in templates."""

from decimal import Decimal

from django import template

from ebbtide.science.units import shown as shown_figure

register = template.Library()


@register.filter
def shown(value: Decimal | float | None, places: int = 2) -> str:
    """A figure half up to so many places, no trailing zeros, a real minus sign."""
    return "" if value is None else shown_figure(value, places=places)
