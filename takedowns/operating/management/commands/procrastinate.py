"""``manage.py procrastinate``: as procrastinate has it, but for a worker that outlives its database (``operating/worker.py``)."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from procrastinate.contrib.django.management.commands import procrastinate

from takedowns.operating.worker import work
from takedowns.postgres.parts import Part, begin_as

#: What procrastinate's own command line adds to the options of a worker.
_NOT_OF_A_WORKER: Final = {"command", "func", "app"}


class Command(procrastinate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        """Run a worker until it is asked to stop; every other command, and a worker with ``--one-shot``, as procrastinate does."""
        if options.get("command") == "worker":
            begin_as(Part.WORKER)
        if options.get("command") != "worker" or not options.get("wait", True):
            super().handle(*args, **options)
            return
        left_out = {*self._django_options, *_NOT_OF_A_WORKER}
        asyncio.run(work({name: value for name, value in options.items() if name not in left_out}))
