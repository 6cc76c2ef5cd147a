from django.apps import AppConfig


class SitesConfig(AppConfig):
    name = "ebbtide.clinic.sites"
    label = "sites"
