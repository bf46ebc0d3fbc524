"""``manage.py demo``: a full referral action day, loaded and served. ``make demo`` calls it."""

from __future__ import annotations

import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections
from tqdm import tqdm

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.demo import serve
from takedowns.demo.live import PER_MINUTE, platforms_answering
from takedowns.demo.models import Step
from takedowns.demo.play import PASSWORD, is_played, play, publish_the_day
from takedowns.demo.practice import make_practice
from takedowns.demo.program import new_key
from takedowns.demo.scenario import build
from takedowns.demo.scenario.cast import MAIN
from takedowns.directory.models import Membership, User
from takedowns.figures.fold import fold
from takedowns.languages.catalogues import compile_all
from takedowns.notices.building import build_notices


class Command(BaseCommand):
    help = "Load the demo's referral action day (invented from end to end) and serve it."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the command's arguments."""
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--no-serve", action="store_true", help="load, and stop there")
        parser.add_argument(
            "--live",
            type=float,
            default=30,
            metavar="MINUTES",
            help="for how long invented platforms go on answering while it is served; 0 for not at all (%(default)s)",
        )
        parser.add_argument(
            "--scale", type=float, default=1.0, help="0.01 for a small day; takes effect on an empty database"
        )

    def handle(self, *, port: int, no_serve: bool, scale: float, live: float, **_: Any) -> None:
        """Migrate, load what is not loaded yet, serve."""
        if not no_serve and not serve.port_is_free(port):
            raise CommandError(
                f"Port {port} is taken. Stop what listens there, or choose another: make demo PORT=8001"
            )
        call_command("migrate", verbosity=0)
        self._refuse_a_real_installation()
        if is_played():
            self.stdout.write("The demo day is loaded.")
        else:
            self._load(scale)
        make_practice()
        build_notices()  # the worker does this each minute, too
        if no_serve:
            return
        compile_all()  # what the pages say in other languages
        call_command("collectstatic", interactive=False, verbosity=0)
        processes = serve.start(port)
        with ExitStack() as meanwhile:
            finish = meanwhile.close
            if serve.answers(port):
                self._say_where(port)
                if live > 0:
                    finish = meanwhile.enter_context(platforms_answering(port, minutes=live))
                    self.stdout.write(
                        f"For {live:g} minutes {', '.join(PER_MINUTE)} go on answering, so that the board moves."
                    )
                    self.stdout.flush()
            ended_alone = serve.wait(processes, before_stopping=finish)
        if ended_alone:
            raise CommandError("The web server or the worker ended by itself; see its messages above.")
        self.stdout.write("Stopped.")

    def _refuse_a_real_installation(self) -> None:
        """The demo makes an administrator whose password everybody can read.

        Raises:
            CommandError: the database is not the demo's own.
        """
        if not settings.DEBUG and settings.DATABASE_URL:
            raise CommandError(
                "The demo makes people with a known password, so it runs on a database of its own: take DATABASE_URL away "
                "and it uses the embedded server. (DEBUG=1 lets it use this one; never where people work.)"
            )
        if User.objects.exists() and not Step.objects.exists():
            raise CommandError(
                "People have accounts in this database, and it is not a demo's. The demo makes an administrator with a known "
                "password; nothing was changed. Give it another VAR_DIR or database."
            )

    def _load(self, scale: float) -> None:
        started = time.monotonic()
        folder = Path(settings.VAR_DIR) / "demo"
        self.stdout.write(
            f"Writing and loading a referral action day (files in {folder.name}/ under var/) ..."
        )
        bars: dict[str, Any] = {}

        def tell(what: str, done: int, whole: int) -> None:
            bar = bars.get(what)
            if bar is None:
                bar = bars[what] = tqdm(
                    total=whole, desc=f"{what:<36}", bar_format="{desc}{bar:30} {n_fmt}/{total_fmt} {elapsed}"
                )
            bar.update(done - bar.n)
            if done == whole:
                bar.close()

        play(build(scale=scale), folder, tell)
        fold()  # the worker does this each minute; the first look should not wait for it
        with connections["owner"].cursor() as cursor:
            cursor.execute("ANALYZE")  # a day that came in a minute: the planner should know
        publish_the_day(MAIN)
        self.stdout.write(f"Loaded in {time.monotonic() - started:.0f} s.")

    def _say_where(self, port: int) -> None:
        self.stdout.write(
            f"\nTakedowns is on http://127.0.0.1:{port}/  (Ctrl-C stops it)\n\nSign in with password {PASSWORD} as:\n"
        )
        shown: set[str] = set()
        with acting_as(SYSTEM):
            held = list(Membership.objects.select_related("user", "agency", "platform"))
        for membership in sorted(held, key=lambda one: (one.role, one.user.email)):
            if membership.role not in shown and membership.role != "platform":
                shown.add(membership.role)
                where = membership.agency or membership.platform
                self.stdout.write(
                    f"  {membership.get_role_display():<14} {membership.user.email:<34} {where}"
                )
        self.stdout.write(
            "\nAs Telegram's program, paste this line into a shell and go on with docs/platforms-api.md, From key to first decision:\n\n"
            f"  export KEY={new_key()} BASE=http://127.0.0.1:{port}/api/v1\n"
        )
        self.stdout.flush()
