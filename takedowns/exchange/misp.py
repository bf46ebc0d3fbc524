"""Records as a MISP event, and an event read back. Objects are made after MISP's own templates by the library ``pymisp``.

Each item is an object ``url``; an account or a post on a platform that MISP has a template of is an object beside it, referred to. Of
its facts each is a tag of the address; what was given to its platform bears ``action-taken``; a check is a sighting (type 2,
expiration, where it was not there any more).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Final
from uuid import UUID, uuid5

from pymisp import MISPAttribute, MISPEvent, MISPObject
from pymisp.exceptions import PyMISPError

from takedowns.exchange.reading import Found, WrongFile
from takedowns.exchange.records import ACCOUNTS, POSTS, Look, Parcel, Record
from takedowns.readers import MediaHashes, read_hashes
from takedowns.referrals.vocabulary import Availability

_NAMESPACE: Final = UUID("6f1c1f0e-3a0b-5f57-9a2e-6b0c3d1e8a41")
_TAG: Final = "takedowns:"
#: The taxonomy's only word for whom a referral goes to (MISP/misp-taxonomies, action-taken, version 2).
_INFORMED: Final = 'action-taken:"informed ISP/Hosting Service Provider"'
#: By platform: the template of an account, and the attribute that holds its name.
_ACCOUNT: Final[Mapping[str, tuple[str, str]]] = {
    "telegram": ("telegram-account", "username"),
    "facebook": ("facebook-account", "account-id"),
    "twitter": ("twitter-account", "name"),
    "youtube": ("youtube-channel", "channel-id"),
}
_SEEN: Final = {Availability.ONLINE: "0", Availability.OFFLINE: "2"}
_OTHER_ACCOUNT: Final = ("user-account", "user-id")
#: The template wants one of several attributes, and has none for a picture of which only the PDQ hash is known.
_UNNAMED: Final = "picture"
_MOST_OBJECTS: Final = 50_000


def write(parcel: Parcel) -> bytes:
    """Return an event of the parcel's records."""
    event = MISPEvent(strict_validation=False)
    operation = parcel.operation
    event.from_dict(
        uuid=str(uuid5(_NAMESPACE, f"event:{operation.pk}")),
        info=f"{operation.reference} {operation.name}",
        date=operation.starts,
        distribution=0,  # the receiving organisation alone, until it says otherwise
        threat_level_id=4,  # undefined: the tier of each says it
        analysis=1,
    )
    event.add_tag(f"tlp:{parcel.tlp.value}")
    outlets: dict[str, MISPObject] = {}
    for record in parcel.records:
        url = _url(record)
        if record.outlet:
            outlet = outlets.setdefault(record.outlet, _outlet(record.outlet))
            url.add_reference(outlet.uuid, "related-to")
        for number, hashes in enumerate(record.hashes):
            file = _file(f"{record.referral_id}:{number}", hashes)
            file.add_reference(url.uuid, "related-to")
            event.add_object(file)
        if (beside := _account_or_post(record)) is not None:
            beside.add_reference(url.uuid, "related-to")
            event.add_object(beside)
        event.add_object(url)
    for outlet in outlets.values():
        event.add_object(outlet)
    return event.to_json().encode()


def _object(name: str, key: str) -> MISPObject:
    one = MISPObject(name, strict=True)
    one.uuid = str(uuid5(_NAMESPACE, f"{name}:{key}"))
    return one


def _url(record: Record) -> MISPObject:
    one = _object("url", str(record.referral_id))
    address = one.add_attribute("url", record.url, uuid=str(uuid5(UUID(one.uuid), "url")))
    if address is None:
        raise ValueError(
            record.url
        )  # the library takes no empty value, and there is no item without an address
    for name, value in record.facts.items():
        address.add_tag(f'{_TAG}{name}="{value}"')
    if record.referred_at is not None:
        address.add_tag(_INFORMED)
    for look in record.looks:
        if look.seen in _SEEN:
            address.add_sighting(_sighting(look))
    one.add_attribute(
        "first-seen", record.first_seen.isoformat(), uuid=str(uuid5(UUID(one.uuid), "first-seen"))
    )
    one.add_attribute("text", record.note, uuid=str(uuid5(UUID(one.uuid), "text")))
    return one


def _file(key: str, hashes: MediaHashes) -> MISPObject:
    """Return the picture or file that hashes are of. MISP has no attribute for PDQ, so that is a tag."""
    one = _object("file", key)
    facts = (("sha256", hashes.sha256), ("md5", hashes.md5))
    told = [fact for fact in facts if fact[1]] or [("filename", _UNNAMED)]
    attributes = [
        one.add_attribute(name, value, uuid=str(uuid5(UUID(one.uuid), name))) for name, value in told
    ]
    if hashes.pdq and attributes[0] is not None:
        attributes[0].add_tag(f'{_TAG}pdq="{hashes.pdq}"')
        if hashes.quality is not None:
            attributes[0].add_tag(f'{_TAG}pdq-quality="{hashes.quality}"')
    return one


def _sighting(look: Look) -> dict[str, str]:
    kind = _SEEN[Availability(look.seen)]
    return {"type": kind, "date_sighting": str(int(look.at.timestamp())), "source": look.by}


def _outlet(name: str) -> MISPObject:
    one = _object("news-media", name)
    one.add_attribute("source", name, uuid=str(uuid5(UUID(one.uuid), "source")))
    return one


def _account_or_post(record: Record) -> MISPObject | None:
    """Return the account or post that the item is, after the platform's template; None where MISP has none."""
    if record.kind in ACCOUNTS:
        name, attribute = _ACCOUNT.get(record.platform, _OTHER_ACCOUNT)
        one = _object(name, str(record.item_id))
        one.add_attribute(attribute, record.account, uuid=str(uuid5(UUID(one.uuid), attribute)))
        return one
    if record.kind in POSTS:
        one = _object("microblog", str(record.item_id))
        one.add_attribute("link", record.url, uuid=str(uuid5(UUID(one.uuid), "link")))
        if record.account:
            one.add_attribute("username", record.account, uuid=str(uuid5(UUID(one.uuid), "username")))
        return one
    return None


def read(content: bytes) -> list[Found]:
    """Return the addresses of an event with what it says of them; of whatever maker.

    Raises:
        WrongFile: it is no MISP event.
    """
    try:
        given = json.loads(content)
        body = given.get("Event", given)
        if len(body.get("Object", ())) + len(body.get("Attribute", ())) > _MOST_OBJECTS:
            raise WrongFile("too_many")
        if "info" not in body:
            raise WrongFile("misp")
        event = MISPEvent(strict_validation=False)
        event.load(given)
    except (ValueError, TypeError, AttributeError, KeyError, PyMISPError) as error:
        raise error if isinstance(error, WrongFile) else WrongFile("misp") from error
    found: dict[str, Found] = {}
    for one in _of_objects(event):
        found.setdefault(one.url, one)
    for attribute in event.attributes:
        if attribute.type in ("url", "link"):
            facts = _facts(attribute)
            found.setdefault(
                str(attribute.value),
                Found(str(attribute.value), facts, note=getattr(attribute, "comment", "") or ""),
            )
    return list(found.values())


def _of_objects(event: MISPEvent) -> Iterator[Found]:
    """Yield what objects name: first those of the template ``url``, which say most."""
    outlets = {
        one.uuid: str(source[0].value)
        for one in event.objects
        if one.name == "news-media" and (source := one.get_attributes_by_relation("source"))
    }
    hashes = _hashes_by_reference(event)
    for one in sorted(event.objects, key=lambda one: one.name != "url"):
        if one.name == "url":
            yield from _of_a_url(one, outlets, tuple(dict.fromkeys(hashes.get(one.uuid, ()))))
            continue
        named = [it for it in one.attributes if it.type in ("url", "link")]
        for attribute in named:
            yield Found(str(attribute.value), _facts(attribute), note=getattr(attribute, "comment", "") or "")
        if one.name == "telegram-account" and not named and not one.references:
            for name in one.get_attributes_by_relation("username"):
                yield Found(f"https://t.me/{str(name.value).lstrip('@')}", _facts(name))


def _hashes_by_reference(event: MISPEvent) -> dict[str, list[MediaHashes]]:
    """Return the hashes of files by the object that they refer to, or that refers to them."""
    by_object: dict[str, list[MediaHashes]] = {}
    files = {
        one.uuid: read for one in event.objects if one.name == "file" and (read := _hashes(one)) is not None
    }
    for one in event.objects:
        for reference in one.references:
            if one.uuid in files:
                by_object.setdefault(reference.referenced_uuid, []).append(files[one.uuid])
            elif reference.referenced_uuid in files:
                by_object.setdefault(one.uuid, []).append(files[reference.referenced_uuid])
    return by_object


def _hashes(file: MISPObject) -> MediaHashes | None:
    values = {one.object_relation: str(one.value) for one in file.attributes}
    tagged: dict[str, str] = {}
    for one in file.attributes:
        tagged |= _facts(one)
    return read_hashes(
        values.get("sha256", ""), values.get("md5", ""), tagged.get("pdq", ""), tagged.get("pdq-quality", "")
    )[0]


def _of_a_url(
    one: MISPObject, outlets: Mapping[str, str], hashes: tuple[MediaHashes, ...]
) -> Iterator[Found]:
    texts = one.get_attributes_by_relation("text")
    seen = one.get_attributes_by_relation("first-seen")
    outlet = next((outlets[it.referenced_uuid] for it in one.references if it.referenced_uuid in outlets), "")
    for attribute in one.get_attributes_by_relation("url"):
        yield Found(
            str(attribute.value),
            _facts(attribute),
            outlet,
            str(texts[0].value) if texts else getattr(attribute, "comment", "") or "",
            seen[0].value.isoformat() if seen and hasattr(seen[0].value, "isoformat") else "",
            hashes,
        )


def _facts(attribute: MISPAttribute) -> dict[str, str]:
    pairs = (
        tag.name.removeprefix(_TAG).partition("=") for tag in attribute.tags if tag.name.startswith(_TAG)
    )
    return {name: value.strip('"') for name, _equals, value in pairs}
