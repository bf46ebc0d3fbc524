from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "takedowns.exchange"
    label = "exchange"
