from django.apps import AppConfig


class PostgresConfig(AppConfig):
    name = "takedowns.postgres"
    label = "postgres"
    verbose_name = "PostgreSQL"

    def ready(self) -> None:
        from takedowns.postgres import checks  # noqa: F401, PLC0415 - registers itself
