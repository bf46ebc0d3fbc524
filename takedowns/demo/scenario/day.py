"""The whole demo put together."""

from dataclasses import dataclass, field
from pathlib import Path

from takedowns.demo.scenario import bookkeeping, cast, fates, files, items, looks, outlets
from takedowns.demo.scenario.specs import (
    AgencySpec,
    Batch,
    CheckBatch,
    Expected,
    OperationSpec,
    OutletSpec,
    PersonSpec,
    SelfReportSpec,
    SubmissionSpec,
)

MOST = 50
"""The largest scale: beyond it, handles would no longer fit the platforms' rules."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """A referral action day and the days after it, as plain data. Every list is in the order of time."""

    agencies: list[AgencySpec]
    people: list[PersonSpec]
    operations: list[OperationSpec]
    outlets: list[OutletSpec]
    submissions: list[SubmissionSpec] = field(repr=False)
    answers: list[Batch] = field(repr=False)
    checks: list[CheckBatch] = field(repr=False)
    self_reports: list[SelfReportSpec]
    expected: Expected = field(repr=False)

    def write(self, folder: Path) -> list[Path]:
        """Write every submission as a file into a folder, which is made if need be; the paths in order of hand-in."""
        folder.mkdir(parents=True, exist_ok=True)
        paths = []
        for submission in self.submissions:
            path = folder / submission.filename
            path.write_bytes(submission.text_bytes)
            paths.append(path)
        return paths


def build(seed: int = 2019, scale: float = 1.0) -> Scenario:
    """Make the demo. The same seed and scale give the same bytes on every machine and Python version.

    `scale` multiplies the number of items, duplicates and malformed rows: 0.01 is a small, consistent day for tests, 40
    a day of a million items for benchmarks. The files, people and self-reports stay as they are. Raises ValueError for
    a scale that is not above 0 or is above `MOST`.
    """
    if not 0 < scale <= MOST:
        raise ValueError(f"The scale must be above 0 and at most {MOST}; {scale} was given.")
    all_items = items.plan_items(seed, scale)
    all_files = files.plan_files(seed, scale, all_items)
    answers = fates.play(seed, all_files)
    checks = looks.look_at_all(seed, all_items)
    return Scenario(
        agencies=list(cast.AGENCIES),
        people=cast.people(),
        operations=cast.operations(),
        outlets=[OutletSpec(outlet.name) for outlet in outlets.OUTLETS],
        submissions=files.write_files(seed, all_files),
        answers=answers,
        checks=checks,
        self_reports=list(cast.SELF_REPORTS),
        expected=bookkeeping.expected(all_files, all_items),
    )
