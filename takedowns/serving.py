"""How gunicorn serves the application: ``gunicorn -c python:takedowns.serving takedowns.wsgi``.

What gunicorn refuses before the application sees it (an address or a header that is too long) it would tell as HTML; here it is told
as the API tells every other problem.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, Final

from gunicorn import util
from gunicorn.glogging import Logger as GunicornLogger
from gunicorn.http import errors
from gunicorn.http.wsgi import Response
from gunicorn.workers.gthread import ThreadWorker

from takedowns import serving_anew
from takedowns.installation.logs import without_secrets

#: The longest that gunicorn knows, so that an address of 8,000 characters, as the API takes one, fits with its method.
limit_request_line: Final = 8190
limit_request_field_size: Final = 8190
worker_class: Final = "takedowns.serving.Worker"

#: Loaded once, before the processes are begun: they share its memory, and are there at once.
preload_app: Final = True
on_reload: Final = serving_anew.begin_anew
when_ready: Final = serving_anew.take_over

#: Where gunicorn writes a log of calls (--access-logfile), each line ends with the name of the request.
logger_class: Final = "takedowns.serving.Logger"
access_log_format: Final = '%(h)s %(t)s "%(r)s" %(s)s %(b)s %(M)sms %({x-request-id}o)s'

log = logging.getLogger(__name__)


def post_worker_init(worker: Any) -> None:
    """Tell the application how many threads it is served by: so many calls may wait, and no more."""
    from takedowns.api.places import PLACES  # noqa: PLC0415 - the application is loaded by now, but not when this file is read

    PLACES.threads = worker.cfg.threads


class Logger(GunicornLogger):  # type: ignore[misc]  # gunicorn has no types
    """Gunicorn's log of calls, without what people search for and without addresses that let somebody in."""

    def atoms(self, resp: Any, req: Any, environ: Any, request_time: Any) -> dict[str, Any]:
        """Return what a line may be made of."""
        found: dict[str, Any] = super().atoms(resp, req, environ, request_time)
        return {
            **{
                name: without_secrets(value) if isinstance(value, str) else value
                for name, value in found.items()
            },
            "q": "",
        }


def _without_server(self: Any, headers: Callable[[Any], list[str]] = Response.default_headers) -> list[str]:
    """Return what gunicorn adds to an answer, less the name of the program: that is nobody's to know."""
    return [one for one in headers(self) if not one.startswith("Server:")]


Response.default_headers = _without_server


class Worker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """A worker with threads."""

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        """Answer a request that could not be read, as problem details (RFC 9457)."""
        name = _problem_of(exc)
        if name is None:
            super().handle_error(req, client, addr, exc)
            return
        from takedowns.access.request_ids import make_request_id  # noqa: PLC0415 - the application is loaded by now, but not when this file is read

        request_id = make_request_id()
        log.warning(
            "A request of %s was not read: %s (request %s)",
            addr[0] if addr else "a socket",
            type(exc).__name__,
            request_id,
        )
        try:
            util.write_nonblock(client, _answer(name, request_id))
        except OSError:
            log.debug("Nobody took the answer.")


def _problem_of(exception: BaseException) -> str | None:
    """Return the name of the problem that a request is; None where it is not the caller's."""
    if isinstance(exception, errors.LimitRequestLine):
        return "uri-too-long"
    if isinstance(exception, errors.LimitRequestHeaders):
        return "headers-too-large"
    ours = (errors.InvalidResponseHeader, errors.InvalidResponseHeaderName, errors.ConfigurationProblem)
    return (
        "malformed"
        if isinstance(exception, errors.ParseException) and not isinstance(exception, ours)
        else None
    )


def _answer(name: str, request_id: str) -> bytes:
    from takedowns.access.request_ids import HEADER  # noqa: PLC0415 - as above
    from takedowns.api.problems import MEDIA_TYPE, Problem  # noqa: PLC0415
    from takedowns.representation.wire import dumps  # noqa: PLC0415

    problem = Problem(name)
    body = dumps(problem.as_dict() | {"request_id": request_id})
    head = (
        f"HTTP/1.1 {problem.status} {problem.as_dict()['title']}\r\nConnection: close\r\nContent-Type: {MEDIA_TYPE}\r\n"
        f"Cache-Control: no-store\r\n{HEADER}: {request_id}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
