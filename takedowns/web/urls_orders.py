"""The addresses of removal orders and of what is handed off."""

from __future__ import annotations

from typing import Final

from django.urls import URLPattern, path

from takedowns.web.views import hand_off, orders, orders_parties

_ONE: Final = "operations/<slug:reference>/"
_ORDER: Final = f"{_ONE}referrals/<uuid:referral_id>/order"
_HAND_OFF: Final = f"{_ONE}dispatch/<uuid:dispatch_id>/<slug:platform>"

urlpatterns: list[URLPattern] = [
    path(f"{_ONE}orders/", orders.orders, name="orders"),
    path(f"{_ONE}orders/parties/", orders_parties.order_parties, name="order-parties"),
    path(f"{_ONE}orders/authorities/<slug:agency>/", orders_parties.order_authority, name="order-authority"),
    path(f"{_ONE}orders/addressees/<slug:platform>/", orders_parties.order_addressee, name="order-addressee"),
    path(
        f"{_ONE}orders/notices/<slug:agency>/<slug:platform>/",
        orders_parties.order_notice,
        name="order-notice",
    ),
    path(f"{_ORDER}/", orders.order, name="order"),
    path(f"{_ORDER}.pdf", orders.order_pdf, name="order-pdf"),
    path(f"{_ORDER}/write/", orders.order_write, name="order-write"),
    path(f"{_ORDER}/<slug:kind>/", orders.order_record, name="order-record"),
    path(f"{_HAND_OFF}.zip", hand_off.hand_off_zip, name="hand-off-zip"),
    path(f"{_HAND_OFF}/sent/", hand_off.hand_off_sent, name="hand-off-sent"),
]
