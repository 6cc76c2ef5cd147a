from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "ebbtide.clinic.intake"
    label = "intake"
