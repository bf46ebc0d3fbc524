"""The addresses of the pages of sending."""

from __future__ import annotations

from django.urls import URLPattern, path

from takedowns.pages.routes import OPERATION
from takedowns.sending.views import answer_link, dispatch, hand_off, issue

urlpatterns: list[URLPattern] = [
    path(
        f"{OPERATION}dispatch/<uuid:dispatch_id>/<slug:platform>.zip",
        hand_off.hand_off_zip,
        name="hand-off-zip",
    ),
    path(
        f"{OPERATION}dispatch/<uuid:dispatch_id>/<slug:platform>/sent/",
        hand_off.hand_off_sent,
        name="hand-off-sent",
    ),
    path(
        f"{OPERATION}dispatch/<uuid:dispatch_id>/<slug:platform>/links/<uuid:link_id>/revoke/",
        answer_link.revoke,
        name="hand-off-link-revoke",
    ),
    path("hand-off/", answer_link.door, name="hand-off"),
    path("hand-off/leave/", answer_link.leave, name="hand-off-leave"),
    path("hand-off/<str:token>/", answer_link.address, name="hand-off-link"),
    path(f"{OPERATION}referrals/<uuid:referral_id>/issue-order/", issue.order_issue, name="order-issue"),
    path(f"{OPERATION}dispatch/", dispatch.dispatch, name="dispatch"),
    path(f"{OPERATION}dispatch/<uuid:dispatch_id>/", dispatch.dispatched, name="dispatched"),
    path(
        f"{OPERATION}dispatch/<uuid:dispatch_id>/<slug:platform>.csv",
        dispatch.hand_off_csv,
        name="hand-off-csv",
    ),
]
