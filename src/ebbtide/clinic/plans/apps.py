from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "ebbtide.clinic.plans"
    label = "plans"
