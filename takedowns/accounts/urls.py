"""The addresses of the pages of accounts."""

from __future__ import annotations

from django.urls import URLPattern, path

from takedowns.accounts.views import language, people, requests, session, sign_in

urlpatterns: list[URLPattern] = [
    path("people/", people.everybody, name="people"),
    path("people/invite/", people.invite_many, name="people-invite"),
    path("people/log/", people.people_log, name="people-log"),
    path("people/requests/", requests.all_requests, name="people-requests"),
    path("people/requests/<uuid:request_id>/", requests.one_request, name="people-request"),
    path("people/<uuid:user_id>/", people.one_person, name="person"),
    path("invitations/<uuid:invitation_id>/revoke/", people.invitation_revoke, name="invitation-revoke"),
    path("invitation/<str:secret>/", sign_in.invitation, name="invitation"),
    path("sign-in/", sign_in.SignIn.as_view(), name="sign-in"),
    path("sign-out/", sign_in.SignOut.as_view(), name="sign-out"),
    path("session/", session.session_extended, name="session"),
    path("session/live/", session.session_left, name="session-live"),
    path("typed/", session.typed, name="typed"),
    path("language/", language.choose_language, name="language"),
]
