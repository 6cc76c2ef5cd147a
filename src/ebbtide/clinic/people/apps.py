from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "ebbtide.clinic.people"
    label = "people"

    def ready(self) -> None:
        """Connect the log to Django's login signals."""
        from ebbtide.clinic.people import login  # noqa: F401
