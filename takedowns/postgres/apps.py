from django.apps import AppConfig
from django.db.models.signals import pre_migrate


class PostgresConfig(AppConfig):
    name = "takedowns.postgres"
    label = "postgres"
    verbose_name = "PostgreSQL"

    def ready(self) -> None:
        from takedowns.postgres import checks, sandbox  # noqa: F401, PLC0415 - the checks register themselves

        # Of whichever app: Django sends no signal for one without models, as this is.
        pre_migrate.connect(sandbox.step_aside, dispatch_uid="sandbox")
