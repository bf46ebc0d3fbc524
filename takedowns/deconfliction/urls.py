"""The addresses of partners' pages, and the one at which partners ask."""

from __future__ import annotations

from django.urls import URLPattern, path

from takedowns.deconfliction import views
from takedowns.pages.routes import OPERATION

urlpatterns: list[URLPattern] = [
    path("deconfliction/", views.partners, name="deconfliction"),
    path("deconfliction/add/", views.add, name="deconfliction-add"),
    path("deconfliction/ask", views.ask, name="deconfliction-ask"),
    path("deconfliction/<uuid:partner_id>/", views.partner, name="deconfliction-partner"),
    path("deconfliction/<uuid:partner_id>/code/", views.new_code, name="deconfliction-code"),
    path("deconfliction/<uuid:partner_id>/enter/", views.enter_code, name="deconfliction-enter"),
    path("deconfliction/<uuid:partner_id>/pause/", views.pause, name="deconfliction-pause"),
    path("deconfliction/<uuid:partner_id>/end/", views.end, name="deconfliction-end"),
    path(f"{OPERATION}ask-partners/", views.ask_again, name="deconfliction-again"),
]
