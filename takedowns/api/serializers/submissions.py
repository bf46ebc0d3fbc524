"""What an agency's program submits, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from rest_framework import serializers

from takedowns.api.serializers.fields import (
    Choice,
    CursorField,
    Form,
    LimitField,
    ListOf,
    Moment,
    OperationName,
    Parameters,
)
from takedowns.identity import PLATFORMS, Kind
from takedowns.intake.models import Outcome, Submission
from takedowns.intake.unattended import DATES, IN_OR_OUT
from takedowns.readers import HASH_FIELDS, ROW_FIELDS, read_hashes
from takedowns.referrals.vocabulary import Availability, Instrument, Status

MAX_ROWS = 10_000
OF_OTHERS = (
    "items of platforms that take no part in the operation are submitted (in, unless said) or left out (out)."
)
BEHIND: Final = (
    "e-mail of who submits it: somebody of your agency with an account, who then does not review it."
    " The person registered with the key where left out."
)
#: Of items, as a row may name them.
KINDS: Final = [str(kind) for kind in Kind]
#: On these a bare name (@name) stands for an account.
NAMES_MEAN: Final = sorted(slug for slug, one in PLATFORMS.items() if one.name_link)


class OneLine(serializers.CharField):
    """Text without line breaks: a row of the submission is a line of its report."""

    def to_internal_value(self, data: Any) -> str:
        """Return the text on one line."""
        return " ".join(super().to_internal_value(data).split())


class RowHandedIn(Form):
    """One row. Only the address is needed; the rest as in a file."""

    url = OneLine(max_length=8000)
    kind = Choice(KINDS, required=False)
    tier = serializers.IntegerField(min_value=1, max_value=5, required=False)
    language = OneLine(max_length=8, required=False, help_text="ISO 639-1.")
    outlet = OneLine(max_length=200, required=False)
    listed_group = OneLine(max_length=200, required=False)
    ground = OneLine(max_length=200, required=False)
    found_at = Moment(required=False)
    note = OneLine(max_length=5000, required=False)
    platform = OneLine(
        max_length=80, required=False, help_text="Slug or name: gives a bare name (@name) as url its meaning."
    )

    sha256 = OneLine(
        max_length=80, required=False, help_text="Of the file at the address: 64 hexadecimal digits."
    )
    md5 = OneLine(
        max_length=80, required=False, help_text="Of the file at the address: 32 hexadecimal digits."
    )
    pdq = OneLine(
        max_length=80, required=False, help_text="Of the picture at the address: 64 hexadecimal digits."
    )
    pdq_quality = serializers.IntegerField(
        min_value=0, max_value=100, required=False, help_text="Beside pdq."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse what is no hash: a program can put it right, where a person's list is taken without it."""
        cells = {name: str(attrs.get(name, "")) for name in HASH_FIELDS}
        wrong = {
            name: problems
            for name in HASH_FIELDS[:3]
            if (
                problems := read_hashes(
                    **{one: cells[one] if one == name else "" for one in HASH_FIELDS[:3]}, quality=""
                )[1]
            )
        }
        if cells["pdq_quality"] and not cells["pdq"]:
            wrong["pdq_quality"] = [
                "It is the quality of a PDQ hash, and there is none; give pdq, or leave it out."
            ]
        if wrong:
            raise serializers.ValidationError(wrong)
        return attrs


class SubmissionHandedIn(Form):
    """A list of addresses for an operation."""

    operation = OperationName(help_text="Reference of the operation.")
    instrument = serializers.ChoiceField(
        Instrument.choices,
        required=False,
        help_text="Of all its referrals; the operation's default where left out.",
    )
    platform = Choice(NAMES_MEAN, required=False, help_text="Of all bare names (@name) among its addresses.")
    outside = Choice(IN_OR_OUT, required=False, help_text=OF_OTHERS)
    submitted_by = serializers.EmailField(required=False, help_text=BEHIND)
    rows = serializers.ListField(child=RowHandedIn(), min_length=1, max_length=MAX_ROWS)


#: What the parameters begin with that say which column of a file is which.
COLUMN: Final = "column_"


class FileAsked(Parameters):
    """Parameters beside a file as the body."""

    operation = OperationName(required=False, help_text="With a file: reference of the operation.")
    filename = serializers.CharField(
        max_length=255, required=False, help_text="With a file: as people know the file."
    )
    instrument = serializers.ChoiceField(
        Instrument.choices, required=False, help_text="With a file: the operation's default where left out."
    )
    platform = Choice(
        NAMES_MEAN, required=False, help_text="With a file: of all bare names (@name) among its addresses."
    )
    dates = Choice(
        DATES,
        required=False,
        help_text="With a file: which stands first in dates in figures, where no date of the column decides it.",
    )
    hidden = Choice(
        IN_OR_OUT,
        required=False,
        help_text="With a workbook: whether rows that it hides are submitted (in) or left out (out).",
    )
    sheets = serializers.ListField(
        child=serializers.CharField(max_length=255),
        required=False,
        max_length=100,
        help_text="With a workbook: name of a sheet that is submitted; repeat the parameter for several.",
    )
    outside = Choice(IN_OR_OUT, required=False, help_text=f"With a file: {OF_OTHERS}")
    submitted_by = serializers.EmailField(required=False, help_text=f"With a file: {BEHIND}")

    def get_fields(self) -> dict[str, Any]:
        """Add a parameter for each field that a column may fill."""
        return super().get_fields() | {
            f"{COLUMN}{name}": serializers.CharField(
                required=False,
                max_length=500,
                allow_blank=name != "url",
                help_text=f"With a file: the header of the column that holds {name}, as written; “Column 2” where it has no"
                " header. Recognised where left out" + ("." if name == "url" else "; not read where empty."),
            )
            for name in ROW_FIELDS
        }

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse one column for two fields, which nobody means; gather them."""
        attrs["columns"] = columns = {
            name: attrs.pop(f"{COLUMN}{name}") for name in ROW_FIELDS if f"{COLUMN}{name}" in attrs
        }
        refuse_one_for_two(columns, COLUMN)
        return attrs


def refuse_one_for_two(columns: Mapping[str, str], prefix: str = "") -> None:
    """Refuse one column for two fields, which nobody means."""
    for name, header in columns.items():
        first = next(other for other, one in columns.items() if one == header)
        if header and first != name:
            raise serializers.ValidationError(
                {f"{prefix}{name}": f"“{header[:100]}” is said to hold {first} already."}
            )


class SubmissionShown(serializers.Serializer[object]):
    """A submission and how far it is."""

    id = serializers.UUIDField()
    operation = serializers.CharField()
    state = serializers.ChoiceField(Submission.State.choices, help_text="received: waits, or is being read.")
    source = serializers.ChoiceField(Submission.Source.choices)  # type: ignore[assignment]  # DRF's fields have one, too
    submitted_by = serializers.EmailField(
        allow_null=True, help_text="Who is behind it, and does not review it; null in the sandbox."
    )
    filename = serializers.CharField(allow_null=True)
    instrument = serializers.ChoiceField(Instrument.choices)
    received_at = serializers.DateTimeField()
    loaded_at = serializers.DateTimeField(allow_null=True)
    size = serializers.IntegerField(help_text="Bytes.")
    sha256 = serializers.CharField()
    rows_read = serializers.IntegerField(allow_null=True, help_text="So far, while it is being read.")
    bytes_read = serializers.IntegerField(allow_null=True, help_text="So far, while it is being read.")
    columns = serializers.DictField(
        child=serializers.CharField(), help_text="Which column filled which field, once loaded."
    )
    counts = serializers.DictField(
        child=serializers.IntegerField(), help_text="Rows by outcome, once loaded."
    )
    error = serializers.CharField(allow_null=True, help_text="Why it could not be read at all.")
    withdrawn_at = serializers.DateTimeField(allow_null=True, help_text="Null: it stands.")


class Decided(serializers.Serializer[object]):
    """What was said about the list, defaults included; null where nothing was said."""

    dates = serializers.ChoiceField(DATES, allow_null=True)
    hidden = serializers.ChoiceField(IN_OR_OUT, allow_null=True)
    sheets = serializers.ListField(child=serializers.CharField(), allow_null=True)
    outside = serializers.ChoiceField(IN_OR_OUT, help_text="“in” unless the call said “out”.")


class SubmissionReceived(SubmissionShown):
    """The answer to submitting."""

    decided = Decided(
        allow_null=True,
        help_text="How it was read; null for what was submitted before, and for what was previewed.",
    )

    repeated = serializers.BooleanField(
        help_text="The same content was submitted before; nothing was changed."
    )


class SubmissionsAsked(Parameters):
    """Parameters of the list."""

    after = CursorField()
    limit = LimitField()
    operation = ListOf(child=OperationName(), required=False, max_length=50)


class SubmissionList(serializers.Serializer[object]):
    """The agency's submissions, the latest first."""

    submissions = SubmissionShown(many=True)
    next = serializers.CharField(allow_null=True, help_text="Cursor of the next page; null on the last.")


class RowsAsked(Parameters):
    """Parameters of the report."""

    after = CursorField()
    limit = LimitField()
    outcome = ListOf(child=Choice(Outcome.choices), required=False, max_length=10)


class RowShown(serializers.Serializer[object]):
    """What became of one row."""

    line = serializers.IntegerField(help_text="In the file; rows sent as JSON begin with line 2.")
    sheet = serializers.CharField(
        allow_null=True, help_text="Of a workbook, where several are read; lines count within each."
    )
    part = serializers.IntegerField(help_text="Which of the addresses of its line this is, from 1.")
    parts = serializers.IntegerField(
        help_text="How many rows the line became: a cell may hold several addresses."
    )
    outcome = serializers.ChoiceField(Outcome.choices)
    reason = serializers.CharField(allow_null=True, help_text="A stable code.")
    message = serializers.CharField(allow_null=True)
    problems = serializers.ListField(child=serializers.CharField())
    url = serializers.CharField(help_text="As written.")
    note = serializers.CharField(
        allow_null=True, help_text="What was written beside the address, or around it."
    )
    moment = serializers.IntegerField(
        allow_null=True, help_text="Seconds from the start to which the address leads (t=95)."
    )
    platform = serializers.CharField(allow_null=True)
    domain = serializers.CharField(allow_null=True, help_text="Of an unknown host.")
    item_id = serializers.UUIDField(allow_null=True)
    referral_id = serializers.UUIDField(
        allow_null=True,
        help_text="Where your agency may see it: its own, or of an operation it takes part in.",
    )
    first_line = serializers.IntegerField(allow_null=True, help_text="Where the same item stands first.")
    first_part = serializers.IntegerField(allow_null=True, help_text="Which address of that line it is.")
    first_sheet = serializers.CharField(
        allow_null=True, help_text="Of which sheet that line is, where several are read."
    )
    status = serializers.ChoiceField(
        Status.choices,
        allow_null=True,
        help_text="Of the referral, now; also of one that already_referred tells of and that you may not see.",
    )
    availability = serializers.ChoiceField(
        Availability.choices, allow_null=True, help_text="What was last seen of it."
    )


class RowPage(serializers.Serializer[object]):
    """One page of the report, by line."""

    rows = RowShown(many=True)
    next = serializers.CharField(allow_null=True)
