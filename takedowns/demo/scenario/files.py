"""Who hands in which items, in which file, when and in which spelling."""

from dataclasses import dataclass, field

from takedowns.demo.scenario.cast import AGENCIES, DAYS_AFTER, MAIN, officer_of
from takedowns.demo.scenario.clock import at_local, moment, wall_clock
from takedowns.demo.scenario.dialects import DIALECTS, Dialect
from takedowns.demo.scenario.dice import Dice, portions
from takedowns.demo.scenario.items import PlannedItem
from takedowns.demo.scenario.refused import MALFORMED, UNKNOWN_HOSTS, malformed_row, unknown_host_row
from takedowns.demo.scenario.specs import FileOutcome, SubmissionSpec
from takedowns.demo.scenario.tables import Row, write_table

CO_REFERRED = 412
DUPLICATES = 264

FILES_PER_DAY: dict[str, tuple[int, int]] = {
    "eu-iru-demo": (4, 4),
    "de-demo": (4, 3),
    "fr-demo": (3, 4),
    "uk-demo": (3, 3),
    "es-demo": (3, 2),
    "nl-demo": (2, 3),
    "be-demo": (2, 2),
}
"""Files of each agency on the two action days; 42 in all."""

SHARES = {
    "eu-iru-demo": 30,
    "de-demo": 16,
    "fr-demo": 16,
    "uk-demo": 14,
    "es-demo": 9,
    "nl-demo": 8,
    "be-demo": 7,
}
"""Share of each agency in the items of the action day, in percent."""

# (agency, day, hour, minute), day 0 being 21 November 2019: the lists of the days after.
FILES_AFTER = (
    ("eu-iru-demo", 2, 10, 12),
    ("fr-demo", 2, 15, 40),
    ("de-demo", 3, 11, 5),
    ("eu-iru-demo", 4, 9, 20),
    ("be-demo", 4, 14, 2),
    ("uk-demo", 5, 10, 33),
    ("nl-demo", 6, 9, 48),
    ("eu-iru-demo", 6, 15, 15),
    ("es-demo", 7, 12, 10),
    ("de-demo", 8, 10, 0),
    ("eu-iru-demo", 9, 9, 30),
    ("uk-demo", 11, 11, 25),
)

JOINT_WINDOW = 60
"""Two agencies that hand in the same item do so within this many minutes, before either list is approved."""

_PLAIN_SPELLING = 0.65


@dataclass(slots=True, eq=False)
class PlannedFile:
    """One list, before it is written."""

    agency: str
    operation: str
    handed_in: int
    number: int
    """of the agency, counting from 1"""
    dialect: Dialect
    items: list[PlannedItem] = field(default_factory=list)
    """what this list is the first to name"""
    rows: list[Row] = field(default_factory=list)
    duplicates: int = 0
    co_referred: int = 0
    unknown_hosts: int = 0
    invalid: int = 0

    @property
    def filename(self) -> str:
        """Such as `2019-11-21_0812_de_list-1.csv`: sorts by time handed in."""
        at = wall_clock(self.handed_in)
        country = self.agency.removesuffix("-demo")
        return (
            f"{at.year}-{at.month:02}-{at.day:02}_{at.hour:02}{at.minute:02}_{country}_list-{self.number}.csv"
        )

    @property
    def officer(self) -> str:
        """E-mail of the officer who hands it in; an agency's two officers take turns."""
        return officer_of(self.agency, 1 + (self.number - 1) % 2)

    @property
    def outcome(self) -> FileOutcome:
        """What the report of this submission must say."""
        return FileOutcome(
            rows=len(self.rows),
            new=len(self.items),
            duplicate=self.duplicates,
            co_referred=self.co_referred,
            unknown_host=self.unknown_hosts,
            invalid=self.invalid,
        )


def plan_files(seed: int, scale: float, items: list[PlannedItem]) -> list[PlannedFile]:
    """All lists with all their rows, in the order they are handed in; sets each item's agencies."""
    dice = Dice(seed, "files")
    files = _schedule(dice)
    for operation in (MAIN, DAYS_AFTER):
        theirs = [file for file in files if file.operation == operation]
        _deal_out(dice, theirs, [item for item in items if item.operation == operation])
    for file in files:
        # Officers work outlet by outlet and leave what they cannot place for the end.
        file.items.sort(key=lambda item: (item.outlet == "", item.outlet))
        file.rows = [_row(dice, item) for item in file.items]
    _hand_in_twice(dice, files, scale)
    _repeat_within(dice, files, scale)
    _spoil(dice, files, scale)
    return files


def write_files(seed: int, files: list[PlannedFile]) -> list[SubmissionSpec]:
    """The lists as files, in the order they are handed in."""
    dice = Dice(seed, "tables")
    return [
        SubmissionSpec(
            filename=file.filename,
            agency_slug=file.agency,
            officer_email=file.officer,
            operation_reference=file.operation,
            handed_in_at=moment(file.handed_in),
            text_bytes=write_table(dice, file.dialect, file.rows, file.handed_in),
        )
        for file in files
    ]


def _schedule(dice: Dice) -> list[PlannedFile]:
    slots: list[tuple[int, str, str]] = []
    for day in (0, 1):
        agencies = [slug for slug, days in FILES_PER_DAY.items() for _ in range(days[day])]
        dice.shuffle(agencies)
        for place, slug in enumerate(agencies):
            # From ten past seven to a quarter to five: what is handed in later cannot be referred before seven.
            slots.append((at_local(day, 7, 10) + place * 28 + dice.below(15), slug, MAIN))
    slots += [(at_local(day, hour, minute), slug, DAYS_AFTER) for slug, day, hour, minute in FILES_AFTER]
    counts = {agency.slug: 0 for agency in AGENCIES}
    files = []
    for handed_in, slug, operation in sorted(slots):
        dialects = DIALECTS[slug]
        files.append(
            PlannedFile(slug, operation, handed_in, counts[slug] + 1, dialects[counts[slug] % len(dialects)])
        )
        counts[slug] += 1
    return files


def _deal_out(dice: Dice, files: list[PlannedFile], items: list[PlannedItem]) -> None:
    weights = []
    for file in files:
        share = SHARES[file.agency] / sum(FILES_PER_DAY[file.agency]) if file.operation == MAIN else 1.0
        weights.append(share * (0.7 + 0.6 * dice.roll()))
    dealt = list(items)
    dice.shuffle(dealt)
    start = 0
    for file, count in zip(files, portions(len(dealt), weights), strict=True):
        file.items = dealt[start : start + count]
        start += count
        for item in file.items:
            item.agency = file.agency


def _row(dice: Dice, item: PlannedItem) -> Row:
    number = 0 if dice.chance(_PLAIN_SPELLING) else dice.below(len(item.form.spellings))
    return Row(item.spelling(number) if number else item.url, item)


def _other_spelling(dice: Dice, item: PlannedItem, known: str) -> str:
    start = dice.below(len(item.form.spellings))
    for step in range(len(item.form.spellings)):
        spelling = item.spelling((start + step) % len(item.form.spellings))
        if spelling != known:
            return spelling
    return known


def _hand_in_twice(dice: Dice, files: list[PlannedFile], scale: float) -> None:
    """Some items of one agency turn up in the next list of another, in another spelling."""
    pairs = [
        (earlier, later)
        for earlier in files
        for later in files
        if earlier.agency != later.agency
        and 0 < later.handed_in - earlier.handed_in <= JOINT_WINDOW
        and earlier.items
    ]
    wanted = round(CO_REFERRED * scale)
    while wanted:
        earlier, later = dice.pick(pairs)
        place = dice.below(len(earlier.items))
        item = earlier.items[place]
        if item.co_referrer:
            continue
        item.co_referrer = later.agency
        spelling = _other_spelling(dice, item, earlier.rows[place].address)
        later.rows.insert(len(later.items) + dice.below(later.co_referred + 1), Row(spelling, item))
        later.co_referred += 1
        wanted -= 1


def _repeat_within(dice: Dice, files: list[PlannedFile], scale: float) -> None:
    """Some rows stand twice in one list: copied as they are, or found again under another spelling."""
    for _ in range(round(DUPLICATES * scale)):
        file = dice.pick(files)
        if not file.items:
            continue
        # Only rows of the agency's own items, all of which still stand first in the list.
        row = file.rows[dice.below(len(file.items))]
        if row.item is None:
            continue
        address = row.address if dice.chance(0.3) else _other_spelling(dice, row.item, row.address)
        file.rows.append(Row(address, row.item))
        file.duplicates += 1


def _spoil(dice: Dice, files: list[PlannedFile], scale: float) -> None:
    """Mix what was added into the lists, with malformed rows and unknown hosts. Last: now rows have no fixed place."""
    for file in files:
        added = file.rows[len(file.items) :]
        del file.rows[len(file.items) :]
        for row in added:
            file.rows.insert(dice.below(len(file.rows) + 1), row)
    for number in range(round(MALFORMED * scale)):
        file = dice.pick(files)
        row = malformed_row(number, is_utf8=file.dialect.encoding == "utf-8")
        file.rows.insert(dice.below(len(file.rows) + 1), row)
        file.invalid += 1
    for number in range(round(UNKNOWN_HOSTS * scale)):
        file = dice.pick(files)
        file.rows.insert(dice.below(len(file.rows) + 1), unknown_host_row(dice, number))
        file.unknown_hosts += 1
