"""The addresses of the pages. An operation is named by its reference, as people say it: /operations/RAD19/."""

from __future__ import annotations

from django.urls import URLPattern, path
from django.views.generic import RedirectView

from takedowns.web.urls_figures import urlpatterns as figures
from takedowns.web.urls_notices import urlpatterns as notices
from takedowns.web.urls_orders import urlpatterns as orders
from takedowns.web.urls_running import urlpatterns as running
from takedowns.web.urls_verify import urlpatterns as verify
from takedowns.web.views import (
    answers,
    answers_batch,
    board,
    bulk,
    dispatch,
    find,
    hand_in,
    health,
    holds,
    identify,
    languages,
    operations,
    preview,
    referrals,
    review,
    saved,
    sign_in,
    submissions,
    webhooks,
    withdrawal,
)

app_name = "web"
_ONE = "operations/<slug:reference>/"

urlpatterns: list[URLPattern] = [
    *running,
    *orders,
    *verify,
    *figures,
    *notices,
    path("", RedirectView.as_view(pattern_name="web:operations"), name="home"),
    path("health/", health.health, name="health"),
    path("sign-in/", sign_in.SignIn.as_view(), name="sign-in"),
    path("sign-out/", sign_in.SignOut.as_view(), name="sign-out"),
    path("language/", languages.choose_language, name="language"),
    path("find/", find.find_anything, name="find"),
    path("identify/", identify.identify_address, name="identify"),
    path("operations/", operations.operations, name="operations"),
    path(_ONE, board.board_page, name="board"),
    path(f"{_ONE}live/", board.board_live, name="board-live"),
    path(f"{_ONE}figures.csv", board.export_csv, name="export-csv"),
    path(f"{_ONE}figures.json", board.export_json, name="export-json"),
    path(f"{_ONE}referrals/", referrals.referrals, name="referrals"),
    path(f"{_ONE}referrals/change/", bulk.change_many, name="bulk"),
    path(f"{_ONE}referrals/views/keep/", saved.view_keep, name="view-keep"),
    path(f"{_ONE}referrals/views/drop/", saved.view_drop, name="view-drop"),
    path(f"{_ONE}changes/", bulk.bulk_changes, name="bulk-changes"),
    path(f"{_ONE}changes/<uuid:change_id>/", bulk.bulk_change, name="bulk-change"),
    path(f"{_ONE}changes/<uuid:change_id>/undo/", bulk.bulk_undo, name="bulk-undo"),
    path(f"{_ONE}referrals/<uuid:referral_id>/", referrals.referral, name="referral"),
    path(f"{_ONE}referrals/<uuid:referral_id>/leave/", referrals.leave, name="leave"),
    path("webhooks/", webhooks.webhooks, name="webhooks"),
    path("webhooks/<uuid:endpoint_id>/", webhooks.webhook, name="webhook"),
    path("webhooks/<uuid:endpoint_id>/rotate/", webhooks.webhook_rotate, name="webhook-rotate"),
    path("webhooks/<uuid:endpoint_id>/ping/", webhooks.webhook_ping, name="webhook-ping"),
    path("webhooks/<uuid:endpoint_id>/replay/", webhooks.webhook_replay, name="webhook-replay"),
    path("webhooks/<uuid:endpoint_id>/remove/", webhooks.webhook_remove, name="webhook-remove"),
    path("holds/", holds.holds, name="holds"),
    path("holds/<uuid:hold_id>/release/", holds.release_hold, name="hold-release"),
    path(f"{_ONE}conflicts/", holds.conflicts, name="conflicts"),
    path(f"{_ONE}referrals/<uuid:referral_id>/hold/", holds.hold_referral, name="hold-referral"),
    path(f"{_ONE}dispatch/", dispatch.dispatch, name="dispatch"),
    path(f"{_ONE}dispatch/<uuid:dispatch_id>/", dispatch.dispatched, name="dispatched"),
    path(
        f"{_ONE}dispatch/<uuid:dispatch_id>/<slug:platform>.csv", dispatch.hand_off_csv, name="hand-off-csv"
    ),
    path(f"{_ONE}answers/", answers.answers, name="answers"),
    path(f"{_ONE}answers/<uuid:batch_id>/", answers_batch.batch, name="answers-batch"),
    path(f"{_ONE}answers/<uuid:batch_id>/read/", answers_batch.batch_read, name="answers-read"),
    path(f"{_ONE}answers/<uuid:batch_id>/rest/", answers_batch.batch_rest, name="answers-rest"),
    path(f"{_ONE}answers/<uuid:batch_id>/correct/", answers_batch.batch_correct, name="answers-correct"),
    path(f"{_ONE}answers/<uuid:batch_id>/confirm/", answers_batch.batch_confirm, name="answers-confirm"),
    path(f"{_ONE}answers/<uuid:batch_id>/discard/", answers_batch.batch_discard, name="answers-discard"),
    path(
        f"{_ONE}answers/<uuid:batch_id>/take-back/", answers_batch.batch_take_back, name="answers-take-back"
    ),
    path(f"{_ONE}referrals/<uuid:referral_id>/answer/", answers.answer, name="answer"),
    path(
        f"{_ONE}referrals/<uuid:referral_id>/answer/correct/", answers.correct_answer, name="correct-answer"
    ),
    path(f"{_ONE}review/", review.review, name="review"),
    path(f"{_ONE}review/many/", review.review_many, name="review-many"),
    path(f"{_ONE}hand-in/", hand_in.hand_in, name="hand-in"),
    path(f"{_ONE}hand-in/template.csv", hand_in.template_csv, name="hand-in-template"),
    path(f"{_ONE}submissions/<uuid:submission_id>/preview/", preview.look, name="preview"),
    path(f"{_ONE}submissions/<uuid:submission_id>/preview/confirm/", preview.confirm, name="preview-confirm"),
    path(f"{_ONE}submissions/<uuid:submission_id>/preview/discard/", preview.discard, name="preview-discard"),
    path(f"{_ONE}submissions/<uuid:submission_id>/preview/columns/", preview.columns, name="preview-columns"),
    path(
        f"{_ONE}submissions/<uuid:submission_id>/preview/platform/", preview.platform, name="preview-platform"
    ),
    path(f"{_ONE}submissions/", submissions.submissions, name="submissions"),
    path(f"{_ONE}submissions/<uuid:submission_id>/", submissions.submission, name="submission"),
    path(
        f"{_ONE}submissions/<uuid:submission_id>/withdraw/", withdrawal.withdraw, name="submission-withdraw"
    ),
    path(
        f"{_ONE}submissions/<uuid:submission_id>/progress/", submissions.progress, name="submission-progress"
    ),
    path(f"{_ONE}submissions/<uuid:submission_id>/report.csv", submissions.report_csv, name="submission-csv"),
]
