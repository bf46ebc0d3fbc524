"""The addresses of the pages of directory."""

from __future__ import annotations

from django.urls import URLPattern, path

from takedowns.directory.views import keys, listed_groups

urlpatterns: list[URLPattern] = [
    path("keys/", keys.keys, name="keys"),
    path("keys/make/", keys.make, name="key-make"),
    path("keys/<slug:prefix>/", keys.key, name="key"),
    path("keys/<slug:prefix>/certificates/", keys.certificates, name="key-certificates"),
    path("keys/<slug:prefix>/rotate/", keys.rotate, name="key-rotate"),
    path("keys/<slug:prefix>/revoke/", keys.revoke, name="key-revoke"),
    path("listed-groups/", listed_groups.groups, name="listed-groups"),
    path("listed-groups/add/", listed_groups.add, name="listed-group-add"),
    path("listed-groups/import/", listed_groups.take, name="listed-groups-import"),
    path("listed-groups/<uuid:group_id>/", listed_groups.group, name="listed-group"),
]
