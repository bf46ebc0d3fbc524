"""What the API promises, as one fact a line, and whether a change of it breaks a program that keeps to it.

The facts are read from the OpenAPI description: which calls there are, what each takes and answers, which fields and values.
Those of the last landing stand in ``docs/api-contract.json``; ``manage.py land_api`` compares, writes the changelog and pins
the new ones. Sentences (summaries, descriptions, examples) are no promise.

A schema is *sent* where a call takes it and *told* where an answer or a webhook holds it; what breaks depends on that.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

METHODS: Final = ("get", "post", "put", "patch", "delete")
#: What bounds a value, and whether a greater number lets more pass.
_BOUNDS: Final[Mapping[str, int]] = {
    "maximum": 1,
    "maxLength": 1,
    "maxItems": 1,
    "minimum": -1,
    "minLength": -1,
    "minItems": -1,
}
_OTHER_LIMITS: Final = ("pattern", "format")
_REF: Final = "#/components/schemas/"
_LIST: Final = "list of "
#: How the schema of an answer in part ends: only who asks for fields gets it, so beside the whole answer it is no promise.
IN_PART: Final = "InPart"

#: What is known of each thing, by its name.
Contract = dict[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Change:
    """One difference.

    Attributes:
        what: the thing, as in the contract.
        says: a sentence for the changelog.
        breaks: whether a program that kept to the former contract may fail.
    """

    what: str
    says: str
    breaks: bool


def contract_of(schema: Mapping[str, Any]) -> Contract:
    """Return what a description promises, by name: ``GET /referrals``, ``GET /referrals takes query limit``, ``Referral.id`` …"""
    schemas: Mapping[str, Any] = schema["components"]["schemas"]
    sent, told = set[str](), set[str]()
    facts: Contract = {}
    for path, item in schema["paths"].items():
        for method in METHODS:
            if method in item:
                call = f"{method.upper()} {path.removeprefix('/api/v1')}"
                facts |= _of_call(call, item[method], sent, told)
    for name, item in schema.get("webhooks", {}).items():
        body = item["post"]["requestBody"]["content"]["application/json"]["schema"]
        facts[f"webhook {name}"] = {"told": sorted(_kinds(body))}
        told |= _names(body)
    for where, names in (("sent", _closure(sent, schemas)), ("told", _closure(told, schemas))):
        for name in names:
            for what, fact in _of_schema(name, schemas[name]):
                facts.setdefault(what, fact).setdefault("is", []).append(where)
    return facts


def dumped(contract: Contract) -> str:
    """Return a contract as it is kept: a line for each fact, in order, so that two branches' additions meet without a conflict."""
    lines = (
        f"{json.dumps(what)}: {json.dumps(fact, sort_keys=True)}" for what, fact in sorted(contract.items())
    )
    return "{\n" + ",\n".join(lines) + "\n}\n"


def compare(before: Contract, after: Contract) -> list[Change]:
    """Return what differs, in the order of names; what stands in something new or gone is not named besides."""
    found = []
    for what in sorted({*before, *after}):
        was, now = before.get(what), after.get(what)
        owner = _owner(what)
        if owner is None and " " not in what:
            continue  # a schema is known by what takes or answers it, which says so
        if was is None and now is not None:
            if owner is None or owner in before:
                found.append(_added(what, now))
        elif now is None and was is not None:
            if owner is None or owner in after:
                found.append(_removed(what, was))
        elif was is not None and now is not None and was != now:
            found += _changed(what, was, now, (before, after))
    return found


def _owner(what: str) -> str | None:
    """Return what a thing belongs to: a parameter to its call, a field or value to its schema."""
    for mark in (" takes ", " answers ", " allows "):
        if mark in what:
            return what.partition(mark)[0]
    return what.partition(".")[0] if "." in what and " " not in what else None


def _of_call(call: str, operation: Mapping[str, Any], sent: set[str], told: set[str]) -> Contract:
    facts: Contract = {call: {"deprecated": True} if operation.get("deprecated") else {}}
    for one in operation.get("parameters", ()):
        facts[f"{call} takes {one['in']} {one['name']}"] = {
            "required": bool(one.get("required")),
            "kinds": sorted(_kinds(one["schema"])),
            "limits": _limits(one["schema"]),
            "is": ["sent"],
        }
        sent |= _names(one["schema"])
    body = operation.get("requestBody", {})
    for media_type, content in body.get("content", {}).items():
        facts[f"{call} takes body {media_type}"] = {
            "required": False,
            "kinds": sorted(_kinds(content.get("schema", {}))),
            "is": ["sent"],
        }
        sent |= _names(content.get("schema", {}))
    for status, response in operation["responses"].items():
        if status[0] not in "23":
            continue
        for media_type, content in response.get("content", {"nothing": {}}).items():
            facts[f"{call} answers {status} {media_type}"] = {
                "kinds": sorted(_kinds(content.get("schema", {}))),
                "is": ["told"],
            }
            told |= _names(content.get("schema", {}))
    return facts


def _of_schema(name: str, schema: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    yield name, {}
    for value in schema.get("enum", ()):
        yield f"{name} allows {json.dumps(value, ensure_ascii=False)}", {}
    for field, one in schema.get("properties", {}).items():
        yield (
            f"{name}.{field}",
            {
                "required": field in schema.get("required", ()),
                "kinds": sorted(_kinds(one)),
                "limits": _limits(one),
            },
        )


def _kinds(schema: Mapping[str, Any]) -> set[str]:
    """Return the alternatives of what may stand there, such as ``string``, ``null``, ``Status``, ``list of Referral``."""
    if "$ref" in schema:
        return _named(schema["$ref"])
    for several in ("oneOf", "anyOf", "allOf"):
        if several in schema:
            return {kind for one in schema[several] for kind in _kinds(one)}
    given = schema.get("type", "anything")
    kinds = set(given) if isinstance(given, list) else {given}
    if "array" in kinds:
        kinds = (kinds - {"array"}) | {f"{_LIST}{kind}" for kind in _kinds(schema.get("items", {}))}
    return kinds | {json.dumps(value, ensure_ascii=False) for value in schema.get("enum", ())}


def _named(ref: str) -> set[str]:
    return set() if ref.endswith(IN_PART) else {ref.removeprefix(_REF)}


def _limits(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {name: schema[name] for name in (*_BOUNDS, *_OTHER_LIMITS) if name in schema}


def _names(schema: Any) -> set[str]:
    """Return the components that a schema names, at whatever depth."""
    if isinstance(schema, Mapping):
        if isinstance(ref := schema.get("$ref"), str):
            return _named(ref)
        return {name for value in schema.values() for name in _names(value)}
    return {name for value in schema for name in _names(value)} if isinstance(schema, list) else set()


def _closure(names: set[str], schemas: Mapping[str, Any]) -> list[str]:
    found: set[str] = set()
    waiting = sorted(names)
    while waiting:
        if (name := waiting.pop()) not in found:
            found.add(name)
            waiting += sorted(_names(schemas[name]))
    return sorted(found)


def _added(what: str, fact: Mapping[str, Any]) -> Change:
    demanded = bool(fact.get("required")) and "sent" in fact.get("is", ())
    return Change(what, f"Added: `{what}`{', which must be given' if demanded else ''}.", demanded)


def _removed(what: str, fact: Mapping[str, Any]) -> Change:
    # A value that is never told again surprises nobody.
    breaks = not (" allows " in what and fact.get("is") == ["told"])
    return Change(what, f"Removed: `{what}`.", breaks)


def _changed(
    what: str, was: Mapping[str, Any], now: Mapping[str, Any], contracts: tuple[Contract, Contract]
) -> Iterator[Change]:
    if now.get("deprecated") and not was.get("deprecated"):
        yield Change(what, f"Deprecated: `{what}`.", breaks=False)
    sent, told = "sent" in was.get("is", ()), "told" in was.get("is", ())
    if was.get("required") != now.get("required"):
        breaks = sent if now.get("required") else told
        says = "is always there" if told and not sent else "must be given"
        not_any_more = "" if now.get("required") else " no longer"
        yield Change(what, f"Changed: `{what}`{not_any_more} {says}.", breaks)
    before, after = set(was.get("kinds", ())), set(now.get("kinds", ()))
    # A program knows the values and not what the description calls them together.
    before, after = (
        _with_values(kinds, kinds - others, contract)
        for kinds, others, contract in zip((before, after), (after, before), contracts, strict=True)
    )
    if before != after:
        # What is sent may become more; what is told may become less, or have a new value.
        fewer = {kind for kind in before - after if not _is_among(kind, after)}
        more = {kind for kind in after - before if not _is_value(kind)}
        breaks = (sent and bool(fewer)) or (told and bool(more))
        yield Change(what, f"Changed: `{what}` is {_difference(before, after)}.", breaks)
    if was.get("limits", {}) != now.get("limits", {}):
        yield Change(
            what,
            f"Changed: `{what}` has the limits {json.dumps(now['limits'])}, where it had {json.dumps(was['limits'])}.",
            sent and _narrows(was["limits"], now["limits"]),
        )


def _with_values(kinds: set[str], own: set[str], contract: Contract) -> set[str]:
    """Return kinds with the values of an enumeration in the place of its name, where the name is among ``own``."""
    found = kinds - own
    for kind in own:
        many, name = (_LIST, kind.removeprefix(_LIST)) if kind.startswith(_LIST) else ("", kind)
        allows = f"{name} allows "
        found |= {f"{many}{one.removeprefix(allows)}" for one in contract if one.startswith(allows)} or {kind}
    # Beside its values an enumeration without a name has its type, which says no more.
    typed = {f"{many}string" for many in ("", _LIST) if any(kind.startswith(f'{many}"') for kind in kinds)}
    return found - typed


def _is_value(kind: str) -> bool:
    return kind.removeprefix(_LIST).startswith('"')


def _is_among(kind: str, kinds: set[str]) -> bool:
    """Tell whether a value may still be given, as any text may."""
    many = _LIST if kind.startswith(_LIST) else ""
    return _is_value(kind) and f"{many}string" in kinds


def _narrows(was: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    for name, greater_is_wider in _BOUNDS.items():
        if name in now and (name not in was or (now[name] - was[name]) * greater_is_wider < 0):
            return True
    return any(name in now and now[name] != was.get(name) for name in _OTHER_LIMITS)


def _difference(before: set[str], after: set[str]) -> str:
    """Say what a kind is now; of a long list only what is new in it or gone."""
    if not before & after:
        return f"{_listed(after)}, where it was {_listed(before)}"
    new, gone = after - before, before - after
    return ", and ".join(
        [*([f"also {_listed(new)}"] if new else []), *([f"no longer {_listed(gone)}"] if gone else [])]
    )


def _listed(kinds: set[str]) -> str:
    return " or ".join(sorted(kinds))
