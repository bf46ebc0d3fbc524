"""All of a list in one answer: NDJSON, a line for each row, each with the cursor to go on after it.

The lists themselves are read page by page, each page in a transaction of its own: a stream holds no snapshot open, however slowly
it is taken, and costs what its pages cost.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from typing import Any, Final, NamedTuple, TypeVar
from uuid import UUID

from django.conf import settings
from django.http import StreamingHttpResponse
from django.utils.cache import patch_vary_headers
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request

from takedowns.access.actor import acting_as
from takedowns.access_log.declaring import Opens, Shown
from takedowns.access_log.vocabulary import What
from takedowns.api import cursors
from takedowns.api.base import ApiView, id_of
from takedowns.api.places import PLACES
from takedowns.api.serializers.streams import StreamAsked, StreamLine
from takedowns.api.views.submissions import rows_after
from takedowns.api.wire import GZIP
from takedowns.directory.models import Scope
from takedowns.referrals import log
from takedowns.representation.changes import changes
from takedowns.representation.referrals import page
from takedowns.representation.wire import dumps

MEDIA_TYPE: Final = "application/x-ndjson"
#: Rows that are read at once.
AT_ONCE: Final = 1000


class _Page(NamedTuple):
    """Rows, each with the cursor after it; the cursor to go on after, None on the last; and where the list ends now."""

    rows: Sequence[tuple[str, Mapping[str, Any]]]
    next: str | None
    end: str | None = None


#: Reads the page after a cursor; the first where there is none.
_Reader = Callable[[str | None], _Page]
_Handler = TypeVar("_Handler", bound=Callable[..., Any])


class _Stream(ApiView):
    """A stream of what one of the lists holds."""

    parameters = StreamAsked
    asks_alone = True
    #: What a row is called in its line.
    called: str

    def answer(self, read: _Reader, request: Request) -> StreamingHttpResponse:
        """Return the stream. What is wrong with the cursor, or with who asks, is said before it begins."""
        first = self._read(read, self.asked.get("after"))
        self.saw = Shown(tuple(id_of(row) for _, row in first.rows))
        lines: Iterable[bytes] = self._lines(read, first)
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            lines, headers["Content-Encoding"] = _packed(lines), "gzip"
        response = StreamingHttpResponse(lines, content_type=MEDIA_TYPE, headers=headers)
        patch_vary_headers(response, ["Accept-Encoding", "Authorization"])
        return response

    def _read(self, read: _Reader, after: str | None) -> _Page:
        with acting_as(self.caller.actor, seconds=settings.API_STATEMENT_SECONDS):
            return read(after)

    def _lines(self, read: _Reader, found: _Page) -> Iterator[bytes]:
        """Yield a page at a time, read when the one before it was taken; a last line says that this was all."""
        key = self.caller.key
        with PLACES.answering(key.pk) if key is not None else nullcontext():
            count, last = 0, self.asked.get("after")
            while True:
                for last, row in found.rows:
                    count += 1
                    yield dumps({"cursor": last, self.called: row}) + b"\n"
                if found.next is None:
                    break
                found = self._read(read, found.next)
            yield dumps({"end": True, "count": count, "cursor": found.end or last}) + b"\n"


def _packed(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Yield lines packed by gzip; flushed now and then, so that what was received can be read when the rest is cut off."""
    pack = zlib.compressobj(6, zlib.DEFLATED, GZIP)
    waiting = 0
    for line in lines:
        waiting += len(line)
        if packed := pack.compress(line):
            yield packed
        if waiting > 1 << 18:
            waiting = 0
            yield pack.flush(zlib.Z_SYNC_FLUSH)
    yield pack.flush()


def _described(operation_id: str, summary: str, *, of: str) -> Callable[[_Handler], _Handler]:
    return extend_schema(
        operation_id=operation_id,
        tags=["Streams"],
        summary=summary,
        parameters=[
            StreamAsked,
            OpenApiParameter(
                "Accept-Encoding", str, OpenApiParameter.HEADER, description="gzip, to have it packed."
            ),
        ],
        responses={(200, MEDIA_TYPE): OpenApiResponse(StreamLine)},
        description=f"NDJSON: a line {{“cursor”: …, “{of}”: {{…}}}} for each, and a last line {{“end”: true, “count”: …}}. Where"
        " the last line is missing, the stream was cut: ask again with after, the cursor of the last whole line you have.",
    )


class ReferralStream(_Stream):
    """All referrals of the caller, in order of id."""

    scope = Scope.REFERRALS_READ
    called = "referral"
    opens = Opens(What.REFERRALS)

    @_described("stream_referrals", "Read all your referrals in one stream", of="referral")
    def get(self, request: Request) -> StreamingHttpResponse:
        """Return the stream."""

        def read(after: str | None) -> _Page:
            start = cursors.referral_of(after) if after else None
            rows, following = page(self.caller, {}, start, AT_ONCE)
            return _Page(
                [(cursors.of_referral(one["id"]), one) for one in rows],
                cursors.of_referral(following) if following else None,
            )

        return self.answer(read, request)


class ChangeStream(_Stream):
    """All changes so far, in the order of the log."""

    scope = Scope.REFERRALS_READ
    called = "change"
    opens = Opens(What.CHANGES)

    @_described("stream_changes", "Read all changes so far in one stream", of="change")
    def get(self, request: Request) -> StreamingHttpResponse:
        """Return the stream; its cursors are those of the change feed, which goes on from there."""

        def read(after: str | None) -> _Page:
            start = cursors.position_of(after) if after else log.BEGINNING
            reading, found = changes(self.caller, start, AT_ONCE)
            places = {one.pk: log.Position(one.xid, one.pk) for one in reading.events}
            rows = [(cursors.of_position(places[one["id"]]), one) for one in found]
            end = cursors.of_position(reading.position)
            return _Page(rows, end if reading.more else None, end)

        return self.answer(read, request)


class RowStream(_Stream):
    """What became of each row that the caller's agency submitted."""

    scope = Scope.SUBMISSIONS_READ
    called = "row"
    opens = Opens(What.SUBMISSION, "submission_id")

    @_described("stream_submission_rows", "Read what became of each row in one stream", of="row")
    def get(self, request: Request, submission_id: UUID) -> StreamingHttpResponse:
        """Return the stream."""

        def read(after: str | None) -> _Page:
            start = cursors.place_of(after) if after else None
            rows, more = rows_after(self, submission_id, start, AT_ONCE)
            told = [(cursors.of_place(place), one) for place, one in rows]
            return _Page(told, told[-1][0] if more and told else None)

        return self.answer(read, request)
