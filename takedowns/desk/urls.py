"""The addresses of a platform's desk."""

from __future__ import annotations

from django.urls import URLPattern, path

from takedowns.desk.views import (
    alerts,
    answers,
    complaints,
    desk_help,
    figures,
    inbox,
    orders,
    people,
    referral,
)
from takedowns.pages.routes import DESK

urlpatterns: list[URLPattern] = [
    path(DESK, inbox.inbox, name="desk"),
    path(f"{DESK}referrals/<uuid:referral_id>/", referral.referral, name="desk-referral"),
    path(f"{DESK}referrals/<uuid:referral_id>/leave/", referral.leave, name="desk-leave"),
    path(f"{DESK}referrals/<uuid:referral_id>/correct/", referral.correct, name="desk-correct"),
    path(f"{DESK}orders/", orders.orders, name="desk-orders"),
    path(f"{DESK}referrals/<uuid:referral_id>/order/", orders.order, name="desk-order"),
    path(f"{DESK}referrals/<uuid:referral_id>/order.pdf", orders.order_pdf, name="desk-order-pdf"),
    path(
        f"{DESK}referrals/<uuid:referral_id>/order/<slug:kind>/",
        orders.order_record,
        name="desk-order-record",
    ),
    path(f"{DESK}complaints/", complaints.complaints, name="desk-complaints"),
    path(f"{DESK}referrals/<uuid:referral_id>/complaints/", complaints.complain, name="desk-complain"),
    path(
        f"{DESK}referrals/<uuid:referral_id>/complaints/<uuid:complaint_id>/",
        complaints.complaint_decide,
        name="desk-complaint-decide",
    ),
    path(f"{DESK}list.<slug:file_format>", inbox.list_file, name="desk-list"),
    path(f"{DESK}figures/", figures.figures, name="desk-figures"),
    path(f"{DESK}answers/", answers.answers, name="desk-answers"),
    path(f"{DESK}alerts/", alerts.alerts, name="desk-alerts"),
    path(f"{DESK}help/", desk_help.desk_help, name="desk-help"),
    path(f"{DESK}people/", people.people, name="desk-people"),
    path(f"{DESK}people/<uuid:user_id>/", people.person, name="desk-person"),
    path(
        f"{DESK}invitations/<uuid:invitation_id>/revoke/",
        people.invitation_revoke,
        name="desk-invitation-revoke",
    ),
]
