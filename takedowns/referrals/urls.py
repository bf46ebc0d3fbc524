"""The addresses of the pages of referrals."""

from __future__ import annotations

from django.urls import URLPattern, path

from takedowns.pages.routes import OPERATION
from takedowns.referrals.views import information, listed_groups, operations

urlpatterns: list[URLPattern] = [
    # Before the operations' own addresses: no reference is written in small letters.
    path("operations/prepare/", operations.prepare, name="operation-prepare"),
    path(f"{OPERATION}set-up/", operations.set_up, name="operation-set-up"),
    path(f"{OPERATION}close/", operations.close, name="operation-close"),
    path(f"{OPERATION}reopen/", operations.reopen, name="operation-reopen"),
    path(
        f"{OPERATION}referrals/<uuid:referral_id>/information/", information.information, name="information"
    ),
    path("operations/", operations.operations, name="operations"),
    path("listed-groups/typed/", listed_groups.typed, name="listed-groups-typed"),
]
