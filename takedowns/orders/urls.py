"""The addresses of the pages of orders."""

from __future__ import annotations

from django.urls import URLPattern, path

from takedowns.orders.views import orders, parties, preservation
from takedowns.pages.routes import OPERATION

urlpatterns: list[URLPattern] = [
    path("preserved/", preservation.preserved, name="orders-preserved"),
    path(f"{OPERATION}orders/", orders.orders, name="orders"),
    path(f"{OPERATION}orders/parties/", parties.order_parties, name="order-parties"),
    path(f"{OPERATION}orders/authorities/<slug:agency>/", parties.order_authority, name="order-authority"),
    path(f"{OPERATION}orders/addressees/<slug:platform>/", parties.order_addressee, name="order-addressee"),
    path(
        f"{OPERATION}orders/notices/<slug:agency>/<slug:platform>/", parties.order_notice, name="order-notice"
    ),
    path(f"{OPERATION}referrals/<uuid:referral_id>/order/", orders.order, name="order"),
    path(f"{OPERATION}referrals/<uuid:referral_id>/order.pdf", orders.order_pdf, name="order-pdf"),
    path(f"{OPERATION}referrals/<uuid:referral_id>/order/write/", orders.order_write, name="order-write"),
    path(
        f"{OPERATION}referrals/<uuid:referral_id>/order/preservation/",
        preservation.order_preservation,
        name="order-preservation",
    ),
    path(
        f"{OPERATION}referrals/<uuid:referral_id>/order/<slug:kind>/",
        orders.order_record,
        name="order-record",
    ),
]
