"""The addresses of the pages of answers."""

from __future__ import annotations

from django.urls import URLPattern, path

from takedowns.answers.views import answers, batch
from takedowns.pages.routes import OPERATION

urlpatterns: list[URLPattern] = [
    path(f"{OPERATION}answers/", answers.answers, name="answers"),
    path(f"{OPERATION}answers/<uuid:batch_id>/", batch.batch, name="answers-batch"),
    path(f"{OPERATION}answers/<uuid:batch_id>/read/", batch.batch_read, name="answers-read"),
    path(f"{OPERATION}answers/<uuid:batch_id>/rest/", batch.batch_rest, name="answers-rest"),
    path(f"{OPERATION}answers/<uuid:batch_id>/correct/", batch.batch_correct, name="answers-correct"),
    path(f"{OPERATION}answers/<uuid:batch_id>/confirm/", batch.batch_confirm, name="answers-confirm"),
    path(f"{OPERATION}answers/<uuid:batch_id>/discard/", batch.batch_discard, name="answers-discard"),
    path(f"{OPERATION}answers/<uuid:batch_id>/take-back/", batch.batch_take_back, name="answers-take-back"),
    path(f"{OPERATION}referrals/<uuid:referral_id>/answer/", answers.answer, name="answer"),
    path(
        f"{OPERATION}referrals/<uuid:referral_id>/answer/correct/",
        answers.correct_answer,
        name="correct-answer",
    ),
]
