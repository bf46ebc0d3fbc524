"""The addresses of running the place: operations themselves, platforms, agencies, hosts, keys, screens on the wall."""

from __future__ import annotations

from django.urls import URLPattern, path

from takedowns.web.views import operations

_ONE = "operations/<slug:reference>/"

urlpatterns: list[URLPattern] = [
    # Before the operations' own addresses: no reference is written in small letters.
    path("operations/prepare/", operations.prepare, name="operation-prepare"),
    path(f"{_ONE}set-up/", operations.set_up, name="operation-set-up"),
    path(f"{_ONE}close/", operations.close, name="operation-close"),
    path(f"{_ONE}reopen/", operations.reopen, name="operation-reopen"),
]
