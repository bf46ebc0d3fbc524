from django.apps import AppConfig


class AnswersConfig(AppConfig):
    name = "takedowns.answers"
    verbose_name = "Answers that platforms return"
