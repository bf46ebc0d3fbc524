from django.apps import AppConfig


class ReviewConfig(AppConfig):
    name = "takedowns.review"
    label = "review"
