from django.apps import AppConfig


class HostingConfig(AppConfig):
    name = "takedowns.hosting"
    label = "hosting"

    def ready(self) -> None:
        """Have reports enclosed in what goes to hosts that are no platform."""
        from takedowns.hosting.reports import reports_for  # noqa: PLC0415 - models are not there before
        from takedowns.sending.enclosures import register_enclosures  # noqa: PLC0415

        register_enclosures(reports_for)
