"""nginx as deploy/ has it, in front of the installation that is tortured: killed, begun again and told to read its configuration anew."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.operating.installation import listens, until
from tests.operating.proxy import HOST, NGINX, connect_over_tls, free_port, start_nginx, write_certificate

#: What the application is told behind it.
SETTINGS: Final = {"HTTPS": "on", "BEHIND_PROXY": "on", "ALLOWED_HOSTS": HOST}


def is_there() -> bool:
    """Tell whether this machine has nginx."""
    return NGINX is not None


@dataclass
class Front:
    """One nginx, which leads to one socket.

    Attributes:
        folder: for its configuration and its logs.
        socket: where the application listens.
        port: for HTTPS.
    """

    folder: Path
    socket: Path
    port: int = field(default_factory=free_port)
    plain: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        write_certificate(self.folder)

    def begin(self) -> None:
        """Start it, and wait until it listens."""
        self.process = start_nginx(self.folder, self.socket, self.port, self.plain, free_port())
        until(lambda: listens(self.port))

    def processes(self) -> list[int]:
        """Return its own id, and those of the processes that answer."""
        if self.process is None:
            return []
        below = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [self.process.pid, *map(int, below.read_text().split())] if below.exists() else []

    def kill(self) -> None:
        """Kill all of it at once: what is left of it would hold its ports."""
        for one in self.processes():
            with suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)
        if self.process is not None:
            self.process.wait(30)
            until(lambda: not listens(self.port))
        self.process = None

    def read_anew(self) -> None:
        """Let it read its configuration again: new processes answer, the old ones finish what they are at."""
        if self.process is not None:
            self.process.send_signal(signal.SIGHUP)

    def connect(self, timeout: float) -> http.client.HTTPSConnection:
        """Return a connection as people and programs have one."""
        return connect_over_tls(self.folder / "fullchain.pem", self.port, timeout)
