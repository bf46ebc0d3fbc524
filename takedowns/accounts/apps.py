from importlib import import_module

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "takedowns.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Let the record of accounts hear of what allauth and Django do."""
        import_module("takedowns.accounts.signals")  # its receivers need the models
