"""The addresses of the pages of records for other systems."""

from __future__ import annotations

from django.urls import URLPattern, path

from takedowns.exchange import views
from takedowns.pages.routes import OPERATION

urlpatterns: list[URLPattern] = [
    path(f"{OPERATION}exchange/", views.exchange, name="exchange"),
    path(f"{OPERATION}exchange/mark/", views.exchange_mark, name="exchange-mark"),
    path(f"{OPERATION}exchange/bring/", views.exchange_bring, name="exchange-bring"),
    path(f"{OPERATION}exchange/records.<slug:name>", views.exchange_file, name="exchange-file"),
    path(f"{OPERATION}exchange/all.<slug:name>.zip", views.exchange_all, name="exchange-all"),
]
