from django.apps import AppConfig


class OperatingConfig(AppConfig):
    name = "takedowns.operating"
    label = "operating"

    def ready(self) -> None:
        """Watch connections where somebody traces; let checks be found."""
        from takedowns.operating.traces import trace_statements  # noqa: PLC0415 - settings are read by now

        trace_statements()
