from django.apps import AppConfig
from django.db.models.signals import post_migrate


class InstallationConfig(AppConfig):
    name = "takedowns.installation"
    label = "installation"

    def ready(self) -> None:
        from takedowns.installation import identity  # noqa: PLC0415 - models are not loaded before

        post_migrate.connect(identity.after_migrate, sender=self)
