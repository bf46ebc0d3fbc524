"""A mail server of the outside world: takes what is sent over SMTP (RFC 5321), or refuses whom it is told to refuse."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import cast


@dataclass
class MailServer:
    """What came in: ``messages`` as a reader's program would read them, and the ``recipients`` of each envelope."""

    port: int = 0
    messages: list[EmailMessage] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """Run a mail server on a free port of this machine."""
    known = MailServer()

    class Conversation(socketserver.StreamRequestHandler):
        def say(self, line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())

        def handle(self) -> None:
            self.say("220 mail.example.org")
            recipients: list[str] = []
            while line := self.rfile.readline().decode().strip():
                verb = line.upper()
                if verb.startswith("RCPT TO:"):
                    address = line[len("RCPT TO:") :].partition(">")[0].strip(" <")
                    if address in known.refused:
                        self.say("550 5.1.1 No such user here")
                        continue
                    recipients.append(address)
                elif verb == "DATA":
                    self.say("354 Go on")
                    known.messages.append(
                        cast("EmailMessage", message_from_bytes(self.content(), policy=policy.default))
                    )
                    known.recipients.append(recipients)
                    recipients = []
                elif verb == "QUIT":
                    self.say("221 Goodbye")
                    return
                self.say("250 mail.example.org")

        def content(self) -> bytes:
            """Read to the line with a full stop; one that begins with two had one (RFC 5321, 4.5.2)."""
            lines = []
            while (line := self.rfile.readline()) != b".\r\n":
                lines.append(line[1:] if line.startswith(b"..") else line)
            return b"".join(lines)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Conversation) as server:
        known.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield known
        server.shutdown()
