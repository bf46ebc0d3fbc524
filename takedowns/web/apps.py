from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "takedowns.web"
    label = "web"

    def ready(self) -> None:
        """Register the checks."""
        from takedowns.web import checks  # noqa: F401, PLC0415 - Django is ready only now
