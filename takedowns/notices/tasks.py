"""Jobs of telling people."""

from __future__ import annotations

from contextlib import suppress
from uuid import UUID

from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued


@app.periodic(cron="* * * * *")
@app.task(name="notices.tell", queue="notices", queueing_lock="tell people")
def tell_people(timestamp: int) -> None:  # noqa: ARG001 - procrastinate passes it
    """Each minute, make notices of what is new; then queue the mails that are due."""
    from takedowns.notices.building import build_notices  # noqa: PLC0415 - models are not there at import

    build_notices()
    queue_digests()
    queue_alerts()


@app.task(name="notices.digest", queue="mail", retry=3)
def send_digest(user_id: str) -> None:
    """Send one person's mail, if it is due and there is anything to tell."""
    from takedowns.notices.digest import send  # noqa: PLC0415 - as above

    send(UUID(user_id))


@app.task(name="notices.alert", queue="mail", retry=3)
def send_alert(user_id: str) -> None:
    """Send one of a platform's own people what they are to be alerted of, if there is anything still."""
    from takedowns.notices.alerts import send  # noqa: PLC0415 - as above

    send(UUID(user_id))


def queue_alerts() -> int:
    """Queue a mail for each of the platforms' people who is to be alerted; return how many."""
    from takedowns.accounts.mail import mail_works  # noqa: PLC0415 - as above
    from takedowns.notices.alerts import waiting  # noqa: PLC0415

    people = {one.user_id for one in waiting()} if mail_works() else set()
    for user_id in sorted(people):
        with suppress(AlreadyEnqueued):
            send_alert.configure(queueing_lock=f"alert {user_id}").defer(user_id=str(user_id))
    return len(people)


def queue_digests() -> int:
    """Queue a mail for each person who is due one; one that waits already is not queued twice. Return how many."""
    from takedowns.accounts.mail import mail_works  # noqa: PLC0415 - as above
    from takedowns.notices.digest import due  # noqa: PLC0415

    queued = 0
    for user_id in due() if mail_works() else ():
        try:
            send_digest.configure(queueing_lock=f"digest {user_id}").defer(user_id=str(user_id))
        except AlreadyEnqueued:
            continue
        queued += 1
    return queued
