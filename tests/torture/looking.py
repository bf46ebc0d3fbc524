"""Whether all is as it must be: asked from outside until work has come to rest, and then in the installation itself."""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from procrastinate.contrib.django import app

from tests.torture.actors import Work
from tests.torture.room import Room

#: Whatever a fault delays is made up for by then: a look each minute, and jobs that wait longer each time.
REST_S: Final = 300.0
#: Each returns rows as long as something is still to come.
_TO_COME: Final = {
    "lists wait to be read": "SELECT id FROM intake_submission WHERE state = 'received'",
    "deliveries wait": "SELECT id, tries, next_at, calling_until FROM webhooks_delivery WHERE state = 'waiting'",
    "a job's worker is gone": """
        SELECT job.id, job.task_name FROM procrastinate_jobs AS job
        LEFT JOIN procrastinate_workers AS worker ON worker.id = job.worker_id AND worker.last_heartbeat > now() - interval '45 seconds'
        WHERE job.status = 'doing' AND worker.id IS NULL
    """,
    "jobs are overdue": """
        SELECT job.id, job.task_name, job.attempts FROM procrastinate_jobs AS job
        WHERE job.status = 'todo' AND coalesce(job.scheduled_at, '-infinity') < now() AND (
            SELECT max(at) FROM procrastinate_events AS event WHERE event.job_id = job.id) < now() - interval '20 seconds'
    """,
    "entries wait to be sealed": """
        SELECT id FROM ledger_entry WHERE (xid, id) > (
            SELECT last.xid, last.last_id FROM (SELECT xid, last_id FROM ledger_seal ORDER BY first DESC LIMIT 1) AS last) LIMIT 5
    """,
    "figures are not folded": """
        SELECT id FROM referrals_event WHERE (xid, id) > (SELECT xid, event_id FROM figures_cursor WHERE reader = 'figures') LIMIT 5
    """,
    "notices are not made": """
        SELECT id FROM referrals_event WHERE (xid, id) > (SELECT xid, event_id FROM notices_noticecursor) LIMIT 5
    """,
}


def come_to_rest(room: Room, seconds: float = REST_S) -> float:
    """Wait until nothing is to come any more; what still is then is a fault. Returns the seconds."""
    began, waits = time.monotonic(), ["nobody looked"]
    while waits and time.monotonic() < began + seconds:
        waits = list(_to_come(room))
        time.sleep(0.5 if waits else 0)
    for one in waits:
        room.book.breaks(f"not within {seconds:.0f} s of peace: {one}")
    return time.monotonic() - began


def _to_come(room: Room) -> Iterator[str]:
    try:
        with room.superuser() as session:
            for what, statement in _TO_COME.items():
                if found := session.execute(statement).fetchmany(5):
                    yield f"{what}: {found}"
            for one in room.followers:
                yield from one.waits_for(session)
    except Exception as error:
        yield f"the server does not answer: {error}"


def look(room: Room, work: Work) -> dict[str, int]:
    """Look at everything; write down what is broken, and return how much was looked at."""
    with room.superuser() as session:
        statuses = dict(session.execute("SELECT id::text, status FROM referrals_referral").fetchall())
        lists = session.execute(_LISTS).fetchall()
        failed = session.execute(_FAILED).fetchall()
        untold = [what for one in room.followers for what in one.broken(session)]
    breaks = room.book.breaks
    for what in untold:
        breaks(what)
    lost = [one for one, state in work.promised.decided.items() if statuses.get(one) != state]
    if lost:
        breaks(
            f"{len(lost)} decisions were answered and are not there, such as {lost[0]}: {statuses.get(lost[0])}"
        )
    for what in _about_lists(work, lists):
        breaks(what)
    soon = _come_soon()
    for task, number in failed:
        if task in soon:
            continue
        breaks(f"{number} jobs of {task} failed for good")
    if work.promised.backups:
        code, said = room.command("restore", str(room.folder / "backups"), "--check")
        if code:
            breaks(f"the newest backup is not whole: {said[-600:]}")
    found = _look_inside(room)
    for what in found["broken"]:
        breaks(what)
    return {
        "changes told by feed": sum(len(one.read) for one in room.followers),
        "changes told by webhook": sum(len(one.hooked) for one in room.followers),
        "followers told": sum(bool(one.read) for one in room.followers),
        "lists": len(lists),
        "referrals": len(statuses),
        **found["looked_at"],
    }


_LISTS: Final = """
    SELECT submission.sha256, submission.state, submission.counts::text,
           (SELECT count(*) FROM intake_submissionrow AS row WHERE row.submission_id = submission.id),
           (SELECT count(DISTINCT row.referral_id) FROM intake_submissionrow AS row WHERE row.submission_id = submission.id)
    FROM intake_submission AS submission
"""
#: Failed for good, and nothing comes again that does the same.
_FAILED: Final = """
    SELECT job.task_name, count(*) FROM procrastinate_jobs AS job WHERE job.status = 'failed'
      AND NOT EXISTS (SELECT 1 FROM procrastinate_jobs AS later WHERE later.task_name = job.task_name AND later.id > job.id)
    GROUP BY 1
"""


def _come_soon() -> set[str]:
    """Return the jobs that come again within five minutes, whatever became of the last one."""
    soon = {
        one.task.name
        for one in app.periodic_registry.periodic_tasks.values()
        if re.match(r"(\*|\*/[2-5]) ", one.cron)
    }
    assert soon, "Django is not set up: no job is known"
    return soon


def _about_lists(work: Work, lists: list[tuple[Any, ...]]) -> Iterator[str]:
    """Say which lists are in by half, twice or not at all, though their sender was told that they are."""
    for digest, number in Counter(one[0] for one in lists).items():
        if number > 1:
            yield f"the list {digest[:12]} is in {number} times"
    for digest, state, counts, rows, referrals in lists:
        whole = work.promised.lists[digest]
        if (state, rows, referrals, sum(json.loads(counts).values())) != ("loaded", whole, whole, whole):
            yield f"of {whole} rows of the list {digest[:12]} {rows} are in, as {referrals} referrals; it is {state}: {counts}"
    for digest in work.promised.taken - {one[0] for one in lists}:
        yield f"the list {digest[:12]} was taken and is not there"


def _look_inside(room: Room) -> dict[str, Any]:
    code, said = room.command(
        "shell", "--no-imports", "-c", "from tests.torture import inside; inside.look()"
    )
    if code or "FOUND " not in said:
        return {"broken": [f"it could not be looked at from inside: {said[-1500:]}"], "looked_at": {}}
    found: dict[str, Any] = json.loads(said.rpartition("FOUND ")[2].splitlines()[0])
    return found
