"""The generator's own totals, counted from its plan and not from the batches it hands out."""

from collections import Counter
from collections.abc import Callable, Iterable

from takedowns.demo.scenario.files import PlannedFile
from takedowns.demo.scenario.items import PlannedItem
from takedowns.demo.scenario.specs import Expected

Key = Callable[[PlannedItem], str]


def expected(files: list[PlannedFile], items: list[PlannedItem]) -> Expected:
    """What every page and report must show once all files are imported and all answers and looks are played."""
    outcomes = {file.filename: file.outcome for file in files}
    referred = [item for item in items if item.referred_at is not None]
    gap = [item for item in items if item.status == "removed" and item.availability == "online"]
    return Expected(
        files=outcomes,
        rows=sum(outcome.rows for outcome in outcomes.values()),
        items=len(items),
        duplicates=sum(outcome.duplicate for outcome in outcomes.values()),
        co_referred=sum(item.co_referrer != "" for item in items),
        unknown_hosts=sum(outcome.unknown_host for outcome in outcomes.values()),
        invalid=sum(outcome.invalid for outcome in outcomes.values()),
        items_by_operation=_count(items, _operation),
        statuses=_by_operation(items, lambda item: item.platform, lambda item: item.status),
        referred=_by_operation_flat(referred, lambda item: item.platform),
        agencies=_by_operation_flat(items, lambda item: item.agency),
        kinds=_by_operation(items, lambda item: item.platform, lambda item: item.form.kind),
        availability=_by_operation(items, lambda item: item.platform, lambda item: item.availability),
        outlets=_by_operation(items, lambda item: item.outlet, lambda item: item.platform),
        removed_but_online=_by_operation_flat(gap, lambda item: item.platform),
        resurfaced=sum(item.resurfaced for item in items),
        complaints=sum(item.complained for item in items),
        reinstated=sum(item.status == "reinstated" for item in items),
    )


def _operation(item: PlannedItem) -> str:
    return item.operation


def _count(items: Iterable[PlannedItem], key: Key) -> dict[str, int]:
    return dict(sorted(Counter(map(key, items)).items()))


def _group(items: Iterable[PlannedItem], key: Key) -> dict[str, list[PlannedItem]]:
    groups: dict[str, list[PlannedItem]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return dict(sorted(groups.items()))


def _by_operation_flat(items: Iterable[PlannedItem], key: Key) -> dict[str, dict[str, int]]:
    return {operation: _count(group, key) for operation, group in _group(items, _operation).items()}


def _by_operation(
    items: Iterable[PlannedItem], outer: Key, inner: Key
) -> dict[str, dict[str, dict[str, int]]]:
    return {
        operation: {name: _count(part, inner) for name, part in _group(group, outer).items()}
        for operation, group in _group(items, _operation).items()
    }
