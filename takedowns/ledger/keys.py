"""The key that signs tree heads: from the environment or a file, never in the database.

Each key is written down when it first signs (``SigningKey``). A new one comes with a statement that it and the key before
it both signed, so whoever trusts either can trust the other; until the former is taken out of the settings, both sign heads.
"""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from takedowns.ledger.models import SigningKey
from takedowns.ledger.notes import NoteError, PublicKey, SecretKey, open_note, sign

_STATEMENT = "takedowns ledger key\n{name}\n{former}\n{key}\n"


def signing_keys() -> list[SecretKey]:
    """Return the key that signs, and after it the former one where a change is under way. Makes a first key in DEBUG or a demo.

    Raises:
        ImproperlyConfigured: there is none, or one is no Ed25519 key.
    """
    if not settings.LEDGER_KEY and not Path(settings.LEDGER_KEY_FILE).exists():
        _make(Path(settings.LEDGER_KEY_FILE))
    keys = [_load(settings.LEDGER_KEY or Path(settings.LEDGER_KEY_FILE).read_text(encoding="ascii"))]
    if settings.LEDGER_FORMER_KEY:
        keys.append(_load(settings.LEDGER_FORMER_KEY))
    elif settings.LEDGER_FORMER_KEY_FILE:
        keys.append(_load(Path(settings.LEDGER_FORMER_KEY_FILE).read_text(encoding="ascii")))
    return keys


def cosigning_key() -> SecretKey:
    """Return the key that countersigns others' heads, apart from ours: the processes of the web read it. Made where there is none.

    Raises:
        ImproperlyConfigured: the file holds no Ed25519 key.
    """
    path = Path(settings.LEDGER_COSIGNING_KEY_FILE)
    if not path.exists():
        _write_new(path)
    name = f"{settings.LEDGER_NAME.removesuffix('/ledger')}/witness"
    return SecretKey(name, _load(path.read_text(encoding="ascii")).key)


def make_known(keys: list[SecretKey]) -> None:
    """Write down the key that signs, if it is new. As the system.

    Raises:
        ImproperlyConfigured: another key signed before, and is not there to say that this one follows it.
    """
    first, *former = (one.public for one in keys)
    known = list(SigningKey.objects.values_list("name", flat=True))
    if str(first) in known:
        return
    if known and (not former or str(former[0]) not in known):
        raise ImproperlyConfigured(
            f"The ledger was signed with another key than LEDGER_KEY: {known[-1]}. Set LEDGER_FORMER_KEY (or"
            " LEDGER_FORMER_KEY_FILE) to that one for the change, so that both sign it; see docs/operators/records.md."
        )
    statement = ""
    if known:
        text = _STATEMENT.format(name=settings.LEDGER_NAME, former=former[0], key=first)
        statement = sign(text, keys)
    SigningKey.objects.create(name=str(first), since=timezone.now(), statement=statement)


def trusted_keys(given: list[PublicKey]) -> list[PublicKey]:
    """Return the keys that may have signed heads: those given, and what statements of both keys tie to them.

    The table is no authority: a key stands in it or not, only what a trusted key has signed counts. As the system.
    """
    trusted = {str(one): one for one in given}
    rows = list(SigningKey.objects.exclude(statement=""))
    for _ in rows:  # one tie leads to the next, in both directions
        for row in rows:
            trusted |= {str(one): one for one in _tied(row.statement, trusted)}
    return list(trusted.values())


def _tied(statement: str, trusted: dict[str, PublicKey]) -> list[PublicKey]:
    """Return both keys of a statement that both signed and of which one is trusted; else none."""
    try:
        pair = [PublicKey.parse(line) for line in statement.split("\n")[2:4]]
        text, signed = open_note(statement, pair)
    except NoteError:
        return []
    right = text == _STATEMENT.format(name=settings.LEDGER_NAME, former=pair[0], key=pair[1])
    return pair if right and len(signed) == 2 and any(str(one) in trusted for one in pair) else []


def _load(pem: str) -> SecretKey:
    try:
        key = load_pem_private_key(pem.replace("\\n", "\n").encode(), password=None)
    except ValueError as error:
        raise ImproperlyConfigured(
            "LEDGER_KEY is no private key in PEM; make one with “openssl genpkey -algorithm ed25519”."
        ) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise ImproperlyConfigured(
            "LEDGER_KEY is no Ed25519 key; make one with “openssl genpkey -algorithm ed25519”."
        )
    return SecretKey(settings.LEDGER_NAME, key)


def _make(path: Path) -> None:
    """Make a first key, readable by this user alone. Never a second: the ledger would be signed by nobody's known key."""
    if SigningKey.objects.exists():
        raise ImproperlyConfigured(
            f"The key that signs the ledger is not there: set LEDGER_KEY, or put its file back ({path.name})."
        )
    _write_new(path)


def _write_new(path: Path) -> None:
    """Make a key, readable by this user alone; where another process is quicker, its key stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    made = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}")
    with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(pem)
    with suppress(FileExistsError):
        os.link(made, path)
    made.unlink()
