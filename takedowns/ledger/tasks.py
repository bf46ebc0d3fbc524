"""Jobs of the ledger."""

from __future__ import annotations

from procrastinate.contrib.django import app

from takedowns.postgres.queueing import BackOff


@app.periodic(cron="* * * * * */20")
@app.task(name="ledger.seal", queue="ledger", queueing_lock="seal the ledger")
def seal_ledger(timestamp: int) -> None:  # noqa: ARG001 - procrastinate passes it
    """Every 20 seconds, seal what is new. Late or dead, entries wait; none is lost."""
    from takedowns.ledger.sealing import seal  # noqa: PLC0415 - models are not there at import

    seal()


@app.periodic(cron="13 5 * * *")
@app.task(name="ledger.mail_head", queue="mail", queueing_lock="mail the head of the ledger", retry=BackOff())
def mail_head(timestamp: int) -> None:  # noqa: ARG001 - procrastinate passes it
    """Each morning, mail the last signed head to whoever keeps it (``LEDGER_WITNESS_MAIL``)."""
    from takedowns.ledger.witnesses import mail_last  # noqa: PLC0415 - models are not there at import

    mail_last()


@app.periodic(cron="* * * * *")
@app.task(name="ledger.tell_outside", queue="ledger", queueing_lock="tell those outside of the ledger's head")
def tell_outside(timestamp: int) -> None:  # noqa: ARG001 - procrastinate passes it
    """Each minute, give the last signed head to those outside whose turn it is: the time-stamp server, and witnesses."""
    from takedowns.ledger.countersigning import ask_witnesses  # noqa: PLC0415 - models are not there at import
    from takedowns.ledger.timestamps import stamp_last  # noqa: PLC0415

    stamp_last()
    ask_witnesses()


@app.periodic(cron="* * * * *")
@app.task(name="ledger.mail_forks", queue="mail", queueing_lock="mail forks of ledgers", retry=BackOff())
def mail_forks(timestamp: int) -> None:  # noqa: ARG001 - procrastinate passes it
    """Each minute, mail those who answer for it that a ledger has two histories, where that is new."""
    from takedowns.ledger.forks import mail_new  # noqa: PLC0415 - models are not there at import

    mail_new()
