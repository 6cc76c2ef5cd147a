from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "ebbtide.clinic.audit"
    label = "audit"
