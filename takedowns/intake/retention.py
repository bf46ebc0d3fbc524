"""What of the intake, and of the jobs that do the work, is kept how long."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from takedowns.intake.confirm import HELD
from takedowns.intake.confirm import KEPT as PREVIEWED
from takedowns.retention.services import Kept

KEPT: Final = (
    Kept(
        _("Lists as submitted"),
        _("The file itself and each row: what a referral was made of."),
    ),
    Kept(
        _("Previews nobody submitted"),
        _("A list that was looked at only."),
        period=PREVIEWED,
        table="intake_submission",
        past="state = 'previewed' AND received_at < %(before)s",
        age="received_at",
        held=HELD,
        by=_("Each hour, with their files."),
    ),
    Kept(
        _("Jobs that ended"),
        _("What the worker did, with ids and nothing else: to find out why something is missing."),
        days="KEEP_JOBS_DAYS",
        table="procrastinate_jobs",
        age="(SELECT max(event.at) FROM procrastinate_events AS event WHERE event.job_id = procrastinate_jobs.id)",
        nightly=True,
        past="status IN ('succeeded', 'failed', 'cancelled', 'aborted') AND NOT EXISTS ("
        "SELECT 1 FROM procrastinate_events AS event WHERE event.job_id = procrastinate_jobs.id AND event.at >= %(before)s)",
    ),
)
