"""Registers the design system with Django."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Static files, components and the living design page; no database rows."""

    name = "ebbtide.clinic.web"
    label = "web"
