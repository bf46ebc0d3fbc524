"""What nobody sends by mistake: hostile values for every name that a view reads, and bodies and headers that are none.

Which names a view reads is not listed anywhere: it is observed while the view reads them (``reading``), and taken from the forms
of its page.
"""

from __future__ import annotations

import gzip
import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any, Final
from urllib.parse import quote_plus

from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

#: Texts as they would be typed, or as bytes where no browser would send them.
TEXTS: Final[tuple[str | bytes, ...]] = (
    "",
    " ",
    "a\0b",
    b"\xed\xa0\x80",  # half a surrogate pair
    b"caf\xe9 \xff",
    b"%zz%",
    "²",
    "٣",
    "٢٠١٩-١١-٢١",
    "1_000",
    "9" * 40,
    "9223372036854775808",
    "2147483648",
    "-1",
    "-9223372036854775809",
    "0x10",
    "1e400",
    "NaN",
    "-inf",
    "1,5",
    "0000-00-00",
    "0000-01-01T00:00",
    "0001-01-01",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31",
    "9999-12-31T23:59:59-12:00",
    "2019-11-21T25:61",
    "2019-02-30",
    "10000-01-01",
    "1e9 days",
    "00000000-0000-0000-0000-000000000000",
    "00000000-0000-0000-0000-00000000000g",
    "{00000000-0000-0000-0000-000000000000}",
    '{"a": [1, null]}',
    "[" * 300,
    "[]",
    "null",
    "on",
    "x" * 3000,
    "é" * 300,
    "a\r\nSet-Cookie: b=c",
    "\u202egnp.exe",
    "\ufffe\ufeff",
    "=cmd|' /C calc'!A0",
    "'\"><script>",
    "../../../etc/passwd",
    "//evil.example/",
    "javascript:alert(1)",
    "http://[::1",
    "http://[v1.x]/",
    "https://t.me:99999999/x",
    "https://xn--a/",
    "https://" + "a" * 64 + ".example/",
    "a@b@c",
    "%",
    "\\",
    "{0.__class__}%s%(x)s",
    ",,,",
    "*",
    "none",
)
FILES: Final[tuple[tuple[str, bytes], ...]] = (
    ("empty.csv", b""),
    ("nul.csv", b"url\0\n\0"),
    ("half.xlsx", b"PK\x03\x04" + b"\0" * 40),
    ("not.pdf", b"%PDF-1.7\n%%EOF"),
    ("utf16.csv", b"\xff\xfe" + "url\nhttps://t.me/demo\n".encode("utf-16-le") + b"\x00\xd8"),
    ("bad.json", b'{"type": "bundle", "objects": [{"id": 1}, null, [[]]]}'),
    ("deep.json", b"[" * 5000),
    ("picture.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 30),
    ("../../name\u202e.csv", b"a;b\n1;2"),
    ("x" * 300 + ".csv", b"url\nhttps://t.me/demo\n"),
)
#: Bodies that are no form, by their type.
BODIES: Final[tuple[tuple[str, bytes], ...]] = (
    ("application/json", b'{"a": 1}'),
    ("application/json", b"{"),
    ("text/plain; charset=nonsense", b"a=b"),
    ("application/x-www-form-urlencoded; charset=utf-16", b"a=b"),
    ("application/x-www-form-urlencoded; charset=nonsense", b"a=%FF"),
    ("application/x-www-form-urlencoded", b"&&==&=\xff&%"),
    ("application/x-www-form-urlencoded", b"&".join(b"a=1" for _ in range(2000))),
    ("multipart/form-data", b"--x\r\n"),
    ("multipart/form-data; boundary=", b"--\r\n"),
    ("multipart/form-data; boundary=\xe9", b"--x\r\n"),
    ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\nb"),
    (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a\0b"\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!\r\n--x--\r\n',
    ),
    (
        "multipart/form-data; boundary=x; charset=utf-7",
        b"--x\r\nContent-Disposition: form-data; name=\xff; filename*=nonsense''%FF\r\n\r\nb\r\n--x--\r\n",
    ),
    ("", b"a=b"),
)
HEADERS: Final[tuple[Mapping[str, str], ...]] = (
    {"Range": "bytes=99999999999-1,-0,a-b"},
    {"Range": "bytes=" + "0-0," * 500},
    {"If-None-Match": 'W/"\xe9, *, "'},
    {"If-None-Match": "*" * 3000},
    {"If-Modified-Since": "Sat, 99 Foo 99999 25:61:61 GMT"},
    {"If-Modified-Since": "Sat, 29 Feb 0000 00:00:00 GMT"},
    {"If-Unmodified-Since": "\xb2"},
    {"If-Match": '"x'},
    {"Accept": "*/*;q=nan, text/html;q=\xb2, ;;;,,,/"},
    {"Accept": "application/xml"},
    {"Accept-Language": "x" * 600 + ";q=\xb3,de;q=1e400,*"},
    {"Accept-Encoding": "gzip;q=\xb2"},
    {"Accept-Charset": "\xff"},
    {"X-Request-ID": "a\xe9" + "x" * 500},
    {"X-Forwarded-For": "::1%eth0, \xe9, 999.1.1.1"},
    {"X-Forwarded-For": "," * 500},
    {"Cookie": "sessionid=\xe9; csrftoken=" + "x" * 200 + "; takedowns_language=\xb2; messages=x"},
    {"Referer": "http://[::1"},
    {"Origin": "null"},
    {"HX-Request": "true", "HX-Current-URL": "http://[::1", "HX-Target": "\xe9"},
    {"HX-Request": "true", "HX-Current-URL-URI-AutoEncoded": "true", "HX-Current-URL": "%FF%00"},
    {"Host": "a..b"},
    {"Content-Length": "\xb2"},
    {"Content-Length": "-1"},
    {"Content-Encoding": "gzip"},
    {"User-Agent": "\xff" * 3000},
    {"Traceparent": "\xe9"},
)


#: Sent to the API beside or in the place of the others.
OF_CALLS: Final[tuple[Mapping[str, str], ...]] = (
    {"Idempotency-Key": ""},
    {"Idempotency-Key": "\xb2" * 20},
    {"Idempotency-Key": "x" * 256},
    {"Idempotency-Key": "a, b"},
    {"Prefer": "wait=\xb2"},
    {"Content-Type": "application/json; charset=nonsense"},
    {"Content-Type": "application/merge-patch+json"},
    {"Accept": "text/event-stream", "Last-Event-ID": "\xb2"},
    {"Accept": "application/x-ndjson;q=x"},
    {"Transfer-Encoding": "chunked"},
    {"Authorization": "Bearer"},
    {"Authorization": "Bearer \xe9.\xb2"},
    {"Authorization": "Bearer " + "x" * 3000},
    {"Authorization": "Basic Og=="},
    {"Authorization": "Bearer a b c"},
)
#: Bodies of calls: by no means what a call takes, each with its type and how it is packed.
CALLS: Final[tuple[tuple[str, bytes], ...]] = (
    ("", b""),
    ("application/json", b"{}"),
    ("application/json", b"[]"),
    ("application/json", b"null"),
    ("application/json", b'"\\ud800"'),
    (
        "application/json",
        b'{"url": "\\u0000", "urls": ["\\ud800"], "decisions": [null, 1, {"referral": {}}]}',
    ),
    ("application/json", b'{"decisions": [{"referral": "\xff"}]}'),
    ("application/json", b'{"at": "9999-12-31T23:59:59-12:00", "verdict": "acknowledge", "until": 1e400}'),
    ("application/json", b'{"at": "0000-00-00", "verdict": ["acknowledge"], "kind": {"a": 1}, "url": 5}'),
    (
        "application/json",
        b'{"operation": "RAD19", "items": [{"url": []}, {"url": "https://t.me/a", "tier": 1e99}]}',
    ),
    ("application/json", b"[" * 3000),
    ("application/json", b"9" * 5000),
    ("application/json", b'{"a": ' + b"9" * 400 + b"}"),
    ("application/json", gzip.compress(b"{}")),
    ("application/json", gzip.compress(b"0" * 3_000_000)),
    ("application/json", b"\x1f\x8b" + b"\0" * 30),
    ("text/csv", b"url\0\n\xff"),
    ("text/csv", b""),
    ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b"PK\x03\x04"),
    *BODIES,
)


@dataclass
class Read:
    """The names that a view read: of the address, of the form and of the files."""

    _seen: list[tuple[Any, str]] = field(default_factory=list)

    def of(self, request: Any) -> tuple[set[str], set[str], set[str]]:
        """Return the names read of the query, of the form and of the files of a request."""
        query, files = request.__dict__.get("GET"), request.__dict__.get("_files")
        found: tuple[set[str], set[str], set[str]] = (set(), set(), set())
        for one, name in self._seen:
            if one is not files and not isinstance(one, QueryDict):
                continue  # Django keeps its routes in a dictionary of this kind
            place = 0 if one is query else 2 if one is files else 1
            if place == 1 and request.method == "GET":
                place = 0  # a copy
            found[place].add(name)
        return found


@contextmanager
def reading() -> Iterator[Read]:
    """Observe which names are read of what a browser sends."""
    read = Read()
    methods = {name: getattr(MultiValueDict, name) for name in ("__getitem__", "getlist", "__contains__")}

    def observed(method: Any) -> Any:
        def inner(self: Any, key: Any, *rest: Any) -> Any:
            if isinstance(key, str):
                read._seen.append((self, key))
            return method(self, key, *rest)

        return inner

    for name, method in methods.items():
        setattr(MultiValueDict, name, observed(method))
    try:
        yield read
    finally:
        for name, method in methods.items():
            if name == "__contains__":
                del MultiValueDict.__contains__
            else:
                setattr(MultiValueDict, name, method)


@dataclass
class Form:
    """A form of a page: where it is sent, and what a browser would send with nothing changed."""

    method: str
    action: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []
        self._by_id: dict[str, Form] = {}
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append(Form(given.get("method", "get").lower(), given.get("action", "")))
            self._by_id[given.get("id", "")] = self.found[-1]
            return
        form = self._by_id.get(given["form"]) if "form" in given else self.found[-1] if self.found else None
        name = given.get("name", "")
        if form is None or not (name or tag == "option"):
            return
        kind = given.get("type", "")
        if tag == "input" and kind == "file":
            form.files.add(name)
        elif tag == "select":
            self._select = name
            form.fields.setdefault(name, [])
        elif tag == "option" and self._select:
            if "selected" in given:
                form.fields[self._select].append(given.get("value", ""))
        elif tag in ("input", "textarea", "button"):
            values = form.fields.setdefault(name, [])
            if tag != "button" and (kind not in ("checkbox", "radio") or "checked" in given):
                values.append(given.get("value", ""))


def forms_of(page: str) -> list[Form]:
    """Return the forms of a page."""
    parser = _Forms()
    parser.feed(page)
    return parser.found


def encoded(pairs: Sequence[tuple[str, str | bytes]]) -> str:
    """Return names and values as an address or a plain form has them."""
    return "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in pairs)


def multipart(
    pairs: Sequence[tuple[str, str | bytes]], files: Sequence[tuple[str, str, bytes]] = ()
) -> tuple[str, bytes]:
    """Return the type and the body of a form that brings files: name, file's name, content."""
    parts = []
    for name, value in pairs:
        content = value if isinstance(value, bytes) else value.encode()
        parts.append(b'Content-Disposition: form-data; name="%s"\r\n\r\n%s' % (name.encode(), content))
    for name, filename, content in files:
        head = b'Content-Disposition: form-data; name="%s"; filename="%s"\r\nContent-Type: text/csv\r\n\r\n'
        parts.append(head % (name.encode(), filename.encode()) + content)
    body = b"".join(b"--b0und\r\n%s\r\n" % part for part in parts) + b"--b0und--\r\n"
    return "multipart/form-data; boundary=b0und", body


def changed(
    sent: Mapping[str, Sequence[str]], name: str, value: str | bytes, dice: random.Random
) -> list[tuple[str, str | bytes]]:
    """Return what is sent, with one name hostile: in the place of the value, beside it, or left out."""
    pairs: list[tuple[str, str | bytes]] = [
        (key, one) for key, values in sent.items() if key != name for one in values
    ]
    way = dice.randrange(8)
    if way == 0:
        return pairs
    if way == 1:
        return [*pairs, *((name, one) for one in sent.get(name, ())), (name, value)]
    if way == 2:
        return [*pairs, *[(name, value)] * 3]
    return [*pairs, (name, value)]
