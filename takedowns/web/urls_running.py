"""The addresses of running the place: operations themselves, platforms, agencies, hosts, keys, screens on the wall."""

from __future__ import annotations

from django.urls import URLPattern, path

from takedowns.web.views import agencies, keys, operations, people, platforms, retention, sign_in, wall

_ONE = "operations/<slug:reference>/"

urlpatterns: list[URLPattern] = [
    # Before the operations' own addresses: no reference is written in small letters.
    path("operations/prepare/", operations.prepare, name="operation-prepare"),
    path(f"{_ONE}set-up/", operations.set_up, name="operation-set-up"),
    path(f"{_ONE}close/", operations.close, name="operation-close"),
    path(f"{_ONE}reopen/", operations.reopen, name="operation-reopen"),
    path(f"{_ONE}wall/", wall.wall, name="wall"),
    path(f"{_ONE}wall/live/", wall.wall_live, name="wall-live"),
    path(f"{_ONE}wall/links/", wall.links, name="wall-links"),
    path(f"{_ONE}wall/links/<uuid:link_id>/revoke/", wall.revoke, name="wall-revoke"),
    path("wall/<str:token>/", wall.shown, name="wall-shown"),
    path("wall/<str:token>/live/", wall.shown_live, name="wall-shown-live"),
    path("people/", people.everybody, name="people"),
    path("people/log/", people.people_log, name="people-log"),
    path("people/<uuid:user_id>/", people.one_person, name="person"),
    path("invitations/<uuid:invitation_id>/revoke/", people.invitation_revoke, name="invitation-revoke"),
    path("invitation/<str:secret>/", sign_in.invitation, name="invitation"),
    path("platforms/", platforms.platforms, name="platforms"),
    path("platforms/make/", platforms.make, name="platform-make"),
    path("platforms/<slug:slug>/", platforms.platform, name="platform"),
    path("agencies/", agencies.agencies, name="agencies"),
    path("agencies/<slug:slug>/", agencies.agency, name="agency"),
    path("keys/", keys.keys, name="keys"),
    path("keys/make/", keys.make, name="key-make"),
    path("keys/<slug:prefix>/", keys.key, name="key"),
    path("keys/<slug:prefix>/rotate/", keys.rotate, name="key-rotate"),
    path("keys/<slug:prefix>/revoke/", keys.revoke, name="key-revoke"),
    path("retention/", retention.retention, name="retention"),
    path("hosts/<str:host>/take-back/", platforms.host_take_back, name="host-take-back"),
]
