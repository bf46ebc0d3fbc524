"""The addresses of the pages of answers."""

from __future__ import annotations

from typing import Final

from django.urls import URLPattern, path

from takedowns.answers.views import answers, batch
from takedowns.pages.routes import DESK, OPERATION

#: One set of pages for both places where answers are brought; the desk's first page is its own.
_OF_A_BATCH: Final = (
    ("", batch.batch, "batch"),
    ("read/", batch.batch_read, "read"),
    ("rest/", batch.batch_rest, "rest"),
    ("correct/", batch.batch_correct, "correct"),
    ("confirm/", batch.batch_confirm, "confirm"),
    ("discard/", batch.batch_discard, "discard"),
    ("take-back/", batch.batch_take_back, "take-back"),
)
urlpatterns: list[URLPattern] = [
    *(
        path(f"{place}answers/<uuid:batch_id>/{last}", view, name=f"{prefix}answers-{name}")
        for place, prefix in ((OPERATION, ""), (DESK, "desk-"))
        for last, view, name in _OF_A_BATCH
    ),
    path(f"{OPERATION}answers/", answers.answers, name="answers"),
    path(f"{OPERATION}referrals/<uuid:referral_id>/answer/", answers.answer, name="answer"),
    path(
        f"{OPERATION}referrals/<uuid:referral_id>/answer/correct/",
        answers.correct_answer,
        name="correct-answer",
    ),
]
