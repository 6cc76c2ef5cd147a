from django.apps import AppConfig


class InfusionsConfig(AppConfig):
    name = "ebbtide.clinic.infusions"
    label = "infusions"
