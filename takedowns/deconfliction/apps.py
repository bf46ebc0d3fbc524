from django.apps import AppConfig


class DeconflictionConfig(AppConfig):
    name = "takedowns.deconfliction"
    label = "deconfliction"
