"""What can be opened: a closed list, which the log keeps as words."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class What(models.TextChoices):
    """What a page or a call shows. What is shown of a referral (evidence, order, history) names the referral, too."""

    REFERRAL = "referral", _("referral")
    REFERRALS = "referrals", _("list of referrals")
    SUBMISSION = "submission", _("submission")
    SUBMISSIONS = "submissions", _("list of submissions")
    EVIDENCE = "evidence", _("evidence")
    ORDER = "order", _("removal order")
    ORDERS = "orders", _("list of removal orders")
    HOLDS = "holds", _("holds")
    ANSWERS = "answers", _("answers of a platform")
    COMPLAINTS = "complaints", _("complaints")
    DISPATCH = "dispatch", _("dispatch")
    OUTLET = "outlet", _("outlet")
    OUTLETS = "outlets", _("list of outlets")
    SEARCH = "search", _("search")
    FIGURES = "figures", _("figures")
    CHANGES = "changes", _("what changed")
    MESSAGES = "messages", _("messages")
    PERSON = "person", _("person")
    PEOPLE = "people", _("people and their record")
    SEALED = "sealed", _("sealed history")
    LOOKS = "looks", _("who looked")
    OPERATIONS = "operations", _("operations")
    DECONFLICTION = "deconfliction", _("what partner installations have")
    ADMINISTRATION = "administration", _("keys, agencies, platforms, set-up")
