from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    name = "takedowns.evidence"
    label = "evidence"
