from django.apps import AppConfig


class ReferralsConfig(AppConfig):
    name = "takedowns.referrals"
    label = "referrals"
