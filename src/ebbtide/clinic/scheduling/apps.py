from django.apps import AppConfig


class SchedulingConfig(AppConfig):
    name = "ebbtide.clinic.scheduling"
    label = "scheduling"
