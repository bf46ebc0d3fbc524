"""``manage.py simulate_platform NAME``: play a platform over HTTP, for demos, load and trying an installation out."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Any, Final
from urllib.parse import urlsplit

from django.core.management.base import BaseCommand, CommandError, CommandParser

from takedowns.api.simulation.client import CallFailed, Client
from takedowns.api.simulation.mix import ANSWERS, USUAL, Mix
from takedowns.api.simulation.play import Player
from takedowns.api.simulation.receiver import Receiver

KEY_VARIABLE: Final = "TAKEDOWNS_API_KEY"


class Command(BaseCommand):
    help = (
        "Play a platform through the API of any installation: follow its changes, acknowledge, decide. The answers are"
        f" invented; use it on real referrals never. The key is read from ${KEY_VARIABLE} or from a file."
    )
    requires_system_checks: list[str] = []  # it needs no database: the installation may be anywhere

    def add_arguments(self, parser: CommandParser) -> None:
        """Say what may be asked."""
        parser.add_argument(
            "name", metavar="NAME", help="slug of the platform, such as telegram; the key must be its"
        )
        parser.add_argument(
            "--url", default="http://127.0.0.1:8000", help="address of the installation (%(default)s)"
        )
        parser.add_argument(
            "--key-file", type=Path, help=f"a file that holds the key, instead of ${KEY_VARIABLE}"
        )
        parser.add_argument(
            "--per-minute",
            type=float,
            default=0,
            metavar="N",
            help="answers a minute, acknowledgements among them; as fast as the API takes them where left out",
        )
        parser.add_argument(
            "--mix", default=USUAL, help=f"shares of the answers ({', '.join(ANSWERS)}); usually %(default)s"
        )
        parser.add_argument(
            "--seed", type=int, default=0, help="the same seed draws the same answers (%(default)s)"
        )
        parser.add_argument(
            "--webhook",
            metavar="URL",
            help="be called instead of asking: makes an endpoint for this address of this machine, such as"
            " http://127.0.0.1:9000/hook, listens on its port, and removes the endpoint at the end",
        )
        parser.add_argument(
            "--until-done",
            action="store_true",
            help="end as soon as nothing waits for the platform; otherwise on Ctrl-C",
        )

    def handle(self, *, name: str, url: str, per_minute: float, until_done: bool, **options: Any) -> None:
        """Play."""
        if per_minute < 0:
            raise CommandError("--per-minute is 0 or more.")
        stop = Event()
        try:
            mix = Mix.parse(options["mix"], options["seed"])
            client = Client(url, _key(options["key_file"]), sleep=stop.wait)
        except ValueError as error:
            raise CommandError(str(error)) from None
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        player = Player(client, mix, per_minute)
        try:
            if (owner := client.get("key")["platform"]) != name:
                raise CommandError(f"The key is not {name}'s: it belongs to {owner or 'an agency'}.")
            with _told_by_webhooks(player, options["webhook"]):
                player.run(
                    until_done=until_done,
                    sleep=stop.wait,
                    tell=self._tell if options["verbosity"] > 1 else None,
                )
        except CallFailed as failed:
            raise CommandError(
                f"The API at {url} failed ({failed.status or 'no answer'}): {failed}"
            ) from None
        finally:
            client.close()
            self.stdout.write(_summary(player))

    def _tell(self, taken: int, waiting: int) -> None:
        self.stdout.write(f"{taken} answers taken, {waiting} referrals wait")


@contextmanager
def _told_by_webhooks(player: Player, address: str | None) -> Iterator[None]:
    """Let the player be called at an address, where one is given: make the endpoint, ask for all that waits, listen."""
    if address is None:
        yield
        return
    port = urlsplit(address).port
    if port is None:
        raise CommandError(
            f"Name the port in --webhook, such as http://127.0.0.1:9000/hook, not “{address}”."
        )
    try:
        receiver = Receiver(port)
    except OSError as error:
        raise CommandError(f"Port {port} cannot be listened on: {error}") from None
    with receiver.listening():
        made = player.client.post("webhooks", {"url": address, "description": "simulate_platform"})
        receiver.secret = made["secret"]
        # What was referred before the endpoint was made is told by no webhook.
        player.catch_up()
        player.receiver = receiver
        try:
            yield
        finally:
            player.client.delete(f"webhooks/{made['endpoint']['id']}")


def _key(file: Path | None) -> str:
    try:
        text = (file.read_text() if file else os.environ.get(KEY_VARIABLE, "")).strip()
    except OSError as error:
        raise CommandError(f"The key cannot be read: {error}") from None
    if not text:
        raise CommandError(
            f"Set {KEY_VARIABLE}, or name a file with --key-file. Keys: manage.py create_api_key."
        )
    return text


def _summary(player: Player) -> str:
    taken = ", ".join(f"{verdict} {count}" for verdict, count in sorted(player.taken.items())) or "none"
    refused = ", ".join(f"{code} {count}" for code, count in sorted(player.refused.items()))
    return f"Answers taken: {taken}." + (f" Refused: {refused}." if refused else "")
