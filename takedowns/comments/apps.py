from django.apps import AppConfig


class CommentsConfig(AppConfig):
    name = "takedowns.comments"
    label = "comments"
