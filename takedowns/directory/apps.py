from django.apps import AppConfig
from django.db.models.signals import post_migrate


class DirectoryConfig(AppConfig):
    name = "takedowns.directory"
    label = "directory"

    def ready(self) -> None:
        from takedowns.directory import seed  # noqa: PLC0415 - models are not loaded before

        post_migrate.connect(seed.after_migrate, sender=self)
