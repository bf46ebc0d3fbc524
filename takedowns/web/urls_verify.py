"""The addresses of what follows: looking again, evidence, who is back, questions and complaints."""

from __future__ import annotations

from django.urls import URLPattern, path

from takedowns.web.views import complaints, evidence, information, morning_after, rechecks, resurfacing

_ONE = "operations/<slug:reference>/"

urlpatterns: list[URLPattern] = [
    path(f"{_ONE}look-again/", rechecks.look_again, name="look-again"),
    path(f"{_ONE}look-again/many/", rechecks.look_again_many, name="look-again-many"),
    path(f"{_ONE}look-again/schedule/", rechecks.look_again_schedule, name="look-again-schedule"),
    path(f"{_ONE}still-online/", rechecks.still_up, name="still-online"),
    path(f"{_ONE}morning-after/", morning_after.morning_after, name="morning-after"),
    path(f"{_ONE}referrals/<uuid:referral_id>/origin/", resurfacing.origin, name="origin"),
    path(f"{_ONE}referrals/<uuid:referral_id>/information/", information.information, name="information"),
    path(f"{_ONE}referrals/<uuid:referral_id>/evidence/", evidence.evidence, name="evidence"),
    path(
        f"{_ONE}referrals/<uuid:referral_id>/evidence/<uuid:evidence_id>/",
        evidence.evidence_one,
        name="evidence-one",
    ),
    path(
        f"{_ONE}referrals/<uuid:referral_id>/evidence/<uuid:evidence_id>/take-back/",
        evidence.evidence_take_back,
        name="evidence-take-back",
    ),
    path(
        f"{_ONE}referrals/<uuid:referral_id>/evidence/<uuid:evidence_id>/picture/",
        evidence.evidence_picture,
        name="evidence-picture",
    ),
    path(
        f"{_ONE}referrals/<uuid:referral_id>/evidence/<uuid:evidence_id>/file/",
        evidence.evidence_file,
        name="evidence-file",
    ),
    path(f"{_ONE}complaints/", complaints.complaints, name="complaints"),
    path(f"{_ONE}referrals/<uuid:referral_id>/complaints/", complaints.complain, name="complain"),
    path(
        f"{_ONE}referrals/<uuid:referral_id>/complaints/<uuid:complaint_id>/",
        complaints.complaint_decide,
        name="complaint-decide",
    ),
    path("outlets/", resurfacing.outlets, name="outlets"),
    path("outlets/<uuid:outlet_id>/", resurfacing.outlet, name="outlet"),
]
