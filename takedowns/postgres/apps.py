from django.apps import AppConfig
from django.db.models.signals import post_migrate


class PostgresConfig(AppConfig):
    name = "takedowns.postgres"
    label = "postgres"
    verbose_name = "PostgreSQL"

    def ready(self) -> None:
        from takedowns.postgres import checks, grants  # noqa: F401, PLC0415 - checks register themselves

        post_migrate.connect(grants.after_migrate, sender=self)
