from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AccessConfig(AppConfig):
    name = "takedowns.access"
    label = "access"

    def ready(self) -> None:
        """Let ``migrate`` keep the keys that who asks is signed with."""
        from takedowns.access import checks  # noqa: F401, PLC0415 - registers itself
        from takedowns.access.context import keep_keys_after_migrate  # noqa: PLC0415 - reads models

        post_migrate.connect(keep_keys_after_migrate, sender=self)
