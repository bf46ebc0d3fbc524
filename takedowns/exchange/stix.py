"""Records as a STIX 2.1 bundle, and a bundle read back. Objects are made and checked by the library ``stix2``.

Each item is an indicator on its address, with the address (``url``) and, where it is one, the account (``user-account``) as
observables that were observed together; its outlet is infrastructure that the indicator indicates; each check is a sighting (a count
of 0 says that it was not there any more); what became of the referral is a note. All bear the operation's marking.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid5

import stix2
from django.conf import settings
from stix2.exceptions import STIXError
from stix2.pattern_visitor import create_pattern_object

from takedowns.exchange.models import Tlp
from takedowns.exchange.reading import Found, WrongFile
from takedowns.exchange.records import ACCOUNTS, Parcel, Record
from takedowns.readers import MediaHashes, read_hashes
from takedowns.referrals.vocabulary import Availability

#: Ids of what we make follow from ours, so that the same record is the same object in every file.
_NAMESPACE: Final = UUID("6f1c1f0e-3a0b-5f57-9a2e-6b0c3d1e8a41")
#: FIRST's marking definitions of TLP 2.0 and their extension, as OASIS publishes them.
_EXTENSION: Final = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"
_TLP: Final = {
    Tlp.CLEAR: "94868c89-83c2-464b-929b-a1a8aa3c8487",
    Tlp.GREEN: "bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
    Tlp.AMBER: "55d920b0-5e8b-4f79-9ee9-91f868d9b421",
    Tlp.AMBER_STRICT: "939a9414-2ddd-4d32-a0cd-375ea402b003",
    Tlp.RED: "e828b379-4e03-4974-9ac4-e53a884c97c1",
}
_LABEL: Final = "takedowns:"
#: Our extension of the object ``file``: the PDQ hash of a picture, and its quality.
_PDQ: Final = "extension-definition--3c1f4a52-7d0e-5b0b-9d53-0f5a1a6c2e77"
#: The standard wants a name or a hash that it knows.
_UNNAMED: Final = "picture"
#: A bundle of more objects is brought in parts.
MOST_OBJECTS: Final = 50_000


def write(parcel: Parcel) -> bytes:
    """Return a bundle of the parcel's records."""
    marking = _marking(parcel.tlp)
    maker = stix2.Identity(
        id=_id("identity", settings.SITE_URL),
        name=settings.SITE_URL,
        identity_class="system",
        created="2019-11-21T00:00:00Z",
        modified="2019-11-21T00:00:00Z",
        object_marking_refs=[marking.id],
    )
    shared = {"created_by_ref": maker.id, "object_marking_refs": [marking.id]}
    objects: dict[str, Any] = {}
    for record in parcel.records:
        objects |= {one.id: one for one in _objects(record, shared, marking.id)}
    if objects:
        first = min(one.first_seen for one in parcel.records)
        changed = max(one.changed_at for one in parcel.records)
        whole = stix2.Grouping(
            id=_id("grouping", str(parcel.operation.pk)),
            name=f"{parcel.operation.reference} {parcel.operation.name}",
            context="unspecified",
            object_refs=list(objects),
            created=first,
            modified=max(first, changed),
            **shared,
        )
        objects[whole.id] = whole
    bundle = stix2.Bundle(marking, maker, *objects.values(), allow_custom=False)
    return str(bundle.serialize(pretty=False)).encode()


def _marking(tlp: Tlp) -> Any:
    return stix2.parse(
        {
            "type": "marking-definition",
            "spec_version": "2.1",
            "id": f"marking-definition--{_TLP[tlp]}",
            "created": "2022-10-01T00:00:00.000Z",
            "name": f"TLP:{tlp.value.upper()}",
            "extensions": {_EXTENSION: {"extension_type": "property-extension", "tlp_2_0": tlp.value}},
        }
    )


def _id(kind: str, name: str) -> str:
    return f"{kind}--{uuid5(_NAMESPACE, f'{kind}:{name}')}"


def _objects(record: Record, shared: dict[str, Any], marking: str) -> Iterator[Any]:
    """Yield what one record is made of, each after what it refers to."""
    told = {**shared, "created": record.first_seen, "modified": max(record.first_seen, record.changed_at)}
    observed = [stix2.URL(value=record.url, object_marking_refs=[marking])]
    if record.kind in ACCOUNTS:
        observed.append(
            stix2.UserAccount(
                user_id=record.key,
                account_login=record.account,
                account_type=record.platform,
                object_marking_refs=[marking],
            )
        )
    observed += [_file(one, marking) for one in record.hashes]
    yield from observed
    data = stix2.ObservedData(
        id=_id("observed-data", str(record.item_id)),
        first_observed=record.first_seen,
        last_observed=max(record.first_seen, record.changed_at),
        number_observed=1,
        object_refs=[one.id for one in observed],
        **told,
    )
    yield data
    indicator = stix2.Indicator(
        id=_id("indicator", str(record.referral_id)),
        name=record.reference,
        indicator_types=["unknown"],
        pattern=f"[url:value = '{_quoted(record.url)}']",
        pattern_type="stix",
        valid_from=record.first_seen,
        labels=[f"{_LABEL}{name}={value}" for name, value in record.facts.items()],
        external_references=[{"source_name": "takedowns", "external_id": record.reference}],
        **told,
    )
    yield indicator
    yield _relationship(indicator.id, "based-on", data.id, told)
    yield from _outlet_and_looks(record, indicator.id, shared, told)
    yield stix2.Note(
        id=_id("note", str(record.referral_id)),
        abstract=record.reference,
        content=record.note,
        object_refs=[indicator.id],
        **told,
    )


def _file(one: MediaHashes, marking: str) -> Any:
    """Return the picture or file that hashes are of. The standard has no name for PDQ, so that stands in an extension."""
    hashes = {name: value for name, value in (("SHA-256", one.sha256), ("MD5", one.md5)) if value}
    more: dict[str, Any] = {"hashes": hashes} if hashes else {"name": _UNNAMED}
    if one.pdq:
        told: dict[str, Any] = {"extension_type": "property-extension", "pdq": one.pdq}
        if one.quality is not None:
            told["pdq_quality"] = one.quality
        more["extensions"] = {_PDQ: told}
    # An id of its own: what the library computes knows neither the extension nor that two without a name are two.
    return stix2.File(id=_id("file", ":".join(map(str, one))), object_marking_refs=[marking], **more)


def _outlet_and_looks(
    record: Record, indicator: str, shared: dict[str, Any], told: dict[str, Any]
) -> Iterator[Any]:
    """Yield the outlet that an indicator indicates, and what was seen whenever somebody looked."""
    if record.outlet:
        outlet = stix2.Infrastructure(
            id=_id("infrastructure", record.outlet),
            name=record.outlet,
            infrastructure_types=["unknown"],
            **shared,
            created="2019-11-21T00:00:00Z",
            modified="2019-11-21T00:00:00Z",
        )
        yield outlet
        yield _relationship(indicator, "indicates", outlet.id, told)
    for number, look in enumerate(record.looks):
        yield stix2.Sighting(
            id=_id("sighting", f"{record.referral_id}:{number}:{look.at.isoformat()}"),
            sighting_of_ref=indicator,
            first_seen=look.at,
            last_seen=look.at,
            count=int(look.seen == Availability.ONLINE),
            description=f"{look.seen}, {look.by}",
            created=look.at,
            modified=look.at,
            **shared,
        )


def _relationship(source: str, kind: str, target: str, told: dict[str, Any]) -> Any:
    return stix2.Relationship(
        id=_id("relationship", f"{source}:{kind}:{target}"),
        source_ref=source,
        relationship_type=kind,
        target_ref=target,
        **told,
    )


def _quoted(text: str) -> str:
    """Return a string as it stands in a pattern."""
    return text.replace("\\", "\\\\").replace("'", "\\'")


def read(content: bytes) -> list[Found]:
    """Return the addresses of a bundle with what it says of them; of whatever maker.

    Raises:
        WrongFile: it is no STIX 2.1 bundle.
    """
    try:
        given = json.loads(content)
        if not isinstance(given, dict) or given.get("type") != "bundle":
            raise WrongFile("stix")
        objects = given.get("objects", [])
        if len(objects) > MOST_OBJECTS:
            raise WrongFile("too_many")
        bundle = stix2.parse(given, allow_custom=True)
    except (ValueError, TypeError, AttributeError, KeyError, STIXError) as error:
        raise error if isinstance(error, WrongFile) else WrongFile("stix") from error
    by_type: dict[str, list[Any]] = {}
    for one in getattr(bundle, "objects", ()):
        by_type.setdefault(one["type"], []).append(one)
    return _found(by_type)


def _found(by_type: dict[str, list[Any]]) -> list[Found]:
    outlets = {one["id"]: one["name"] for one in by_type.get("infrastructure", ())}
    outlet_of = {
        one["source_ref"]: outlets[one["target_ref"]]
        for one in by_type.get("relationship", ())
        if one["target_ref"] in outlets
    }
    notes: dict[str, str] = {}
    for note in by_type.get("note", ()):
        notes |= dict.fromkeys(note["object_refs"], note["content"])
    found: dict[str, Found] = {}
    hashes = _hashes_by_url(by_type)
    for indicator in by_type.get("indicator", ()):
        for url in _urls(indicator):
            found[url] = Found(
                url,
                facts=_facts(indicator.get("labels", ())),
                outlet=outlet_of.get(indicator["id"], ""),
                note=notes.get(indicator["id"], indicator.get("description", "")),
                found_at=_moment(indicator.get("valid_from")),
                hashes=hashes.get(url, ()),
            )
    for one in by_type.get("url", ()):
        url = one["value"]
        found.setdefault(url, Found(url, note=notes.get(one["id"], ""), hashes=hashes.get(url, ())))
    return list(found.values())


def _hashes_by_url(by_type: dict[str, list[Any]]) -> dict[str, tuple[MediaHashes, ...]]:
    """Return the hashes of the files that were observed together with one address."""
    urls = {one["id"]: one["value"] for one in by_type.get("url", ())}
    files = {one["id"]: read for one in by_type.get("file", ()) if (read := _hashes(one)) is not None}
    together: dict[str, list[MediaHashes]] = {}
    for data in by_type.get("observed-data", ()):
        refs = data.get("object_refs", ())
        named = [urls[one] for one in refs if one in urls]
        if len(named) == 1:
            together.setdefault(named[0], []).extend(files[one] for one in refs if one in files)
    return {url: tuple(dict.fromkeys(read)) for url, read in together.items()}


def _hashes(file: Any) -> MediaHashes | None:
    hashes, told = file.get("hashes", {}), file.get("extensions", {}).get(_PDQ, {})
    return read_hashes(
        hashes.get("SHA-256", ""),
        hashes.get("MD5", ""),
        str(told.get("pdq", "")),
        str(told.get("pdq_quality", "")),
    )[0]


def _urls(indicator: Any) -> Sequence[str]:
    """Return the addresses that an indicator's pattern compares with; none of another language of patterns."""
    if indicator.get("pattern_type") != "stix":
        return ()
    try:
        pattern = create_pattern_object(indicator["pattern"], version="2.1")
    except Exception:  # noqa: BLE001 - whatever the grammar's library raises, it is none that we read
        return ()
    return [*_compared(pattern)]


def _compared(part: Any) -> Iterator[str]:
    path = getattr(part, "lhs", None)
    if path is not None and str(path) == "url:value" and getattr(part, "operator", "") == "=":
        yield part.rhs.value.replace("\\'", "'").replace("\\\\", "\\")
    operands = getattr(part, "operands", None) or [
        one for one in (getattr(part, "operand", None),) if one is not None
    ]
    for one in operands:
        yield from _compared(one)


def _facts(labels: Sequence[str]) -> dict[str, str]:
    pairs = (one.removeprefix(_LABEL).partition("=") for one in labels if one.startswith(_LABEL))
    return {name: value for name, _equals, value in pairs}


def _moment(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else ""
