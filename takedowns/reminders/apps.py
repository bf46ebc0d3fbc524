from django.apps import AppConfig


class RemindersConfig(AppConfig):
    name = "takedowns.reminders"
    label = "reminders"
