from django.apps import AppConfig


class MonitoringConfig(AppConfig):
    name = "ebbtide.clinic.monitoring"
    label = "monitoring"
