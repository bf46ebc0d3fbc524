from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "takedowns.ledger"
    label = "ledger"
