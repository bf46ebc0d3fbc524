"""A list in its preview: what submitting would do, and what is said of it before."""

from __future__ import annotations

from typing import Any, Final

from rest_framework import serializers

from takedowns.api.serializers.casework import ACTED_BY, Act
from takedowns.api.serializers.fields import Choice, Form, Parameters
from takedowns.api.serializers.submissions import NAMES_MEAN, OneLine, refuse_one_for_two
from takedowns.identity import Kind
from takedowns.intake.models import Repair
from takedowns.intake.unattended import DATES, IN_OR_OUT
from takedowns.readers import COLUMN_FIELDS
from takedowns.referrals.vocabulary import Instrument

#: Of words, or rows, in one call.
MOST: Final = 1_000
#: Fields of which a word may be said to mean something.
WORDY: Final = ("kind", "tier", "language")
WHOSE: Final = ("own_agency", "other_agency", "agency_not_named")
QUESTIONS: Final = ("dates", "hidden", "sheets", "outside")


class ColumnsSaid(Form):
    """Which column is which: our field, and the header as written."""

    def get_fields(self) -> dict[str, Any]:
        """Return a field for each that a column may fill."""
        return {
            name: serializers.CharField(
                required=False,
                max_length=500,
                allow_blank=name != "url",
                help_text="Header as written; “Column 2” where it has none."
                + ("" if name == "url" else " Empty: not read."),
            )
            for name in COLUMN_FIELDS
        }

    def validate(self, attrs: dict[str, str]) -> dict[str, str]:
        """Refuse one column for two fields."""
        refuse_one_for_two(attrs)
        return attrs


class WordMeant(Form):
    """What a word of the list means, wherever it stands in its column."""

    field = Choice(WORDY, help_text="Of which field the word is.")
    word = serializers.CharField(max_length=500, help_text="As the preview tells it.")
    means = serializers.CharField(
        max_length=40,
        allow_null=True,
        allow_blank=True,
        help_text="A kind, a tier (“1” to “5”) or a language (ISO 639-1); empty for nothing. Null takes back what was said.",
    )


class RowSaid(Form):
    """What a row says instead, or that it is left out. Null takes back what was said of a cell."""

    line = serializers.IntegerField(min_value=1, max_value=2**31 - 1)
    part = serializers.IntegerField(
        min_value=1, max_value=2**20 - 1, required=False, help_text="1 where left out."
    )
    sheet = serializers.CharField(
        max_length=255, required=False, allow_null=True, help_text="Where several are read."
    )
    url = OneLine(max_length=4096, required=False, allow_null=True, allow_blank=True)
    kind = serializers.CharField(max_length=100, required=False, allow_null=True, allow_blank=True)
    found_at = serializers.CharField(
        max_length=100,
        required=False,
        allow_null=True,
        allow_blank=True,
        help_text="As it could stand there.",
    )
    left_out = serializers.BooleanField(required=False)


class PreviewChanged(Act):
    """What is said of a list; what is left out stays as it is, null takes back what was said."""

    columns = ColumnsSaid(
        required=False,
        allow_null=True,
        help_text="All that is said of columns; others are recognised. Null: all are recognised again.",
    )
    dates = Choice(
        DATES, required=False, allow_null=True, help_text="Which stands first in dates in figures."
    )
    hidden = Choice(IN_OR_OUT, required=False, allow_null=True, help_text="Rows that a workbook hides.")
    sheets = serializers.ListField(
        child=serializers.CharField(max_length=255),
        required=False,
        allow_null=True,
        max_length=100,
        help_text="Names of all sheets that are submitted.",
    )
    outside = Choice(
        IN_OR_OUT,
        required=False,
        allow_null=True,
        help_text="Items of all platforms that take no part in the operation.",
    )
    platforms = serializers.DictField(
        child=Choice(IN_OR_OUT, allow_null=True),
        required=False,
        help_text="Of one such platform, by slug; it counts before “outside”.",
    )
    platform = Choice(
        NAMES_MEAN,
        required=False,
        allow_null=True,
        help_text="Of all bare names (@name) among its addresses.",
    )
    words = serializers.ListField(child=WordMeant(), required=False, max_length=MOST)
    rows = serializers.ListField(child=RowSaid(), required=False, max_length=MOST)


class PreviewDiscarded(Parameters):
    """Parameters of the end of a preview."""

    acted_by = serializers.EmailField(required=False, help_text=ACTED_BY)


class ListQuestion(serializers.Serializer[object]):
    """What must be decided before the list is submitted."""

    name = serializers.ChoiceField(QUESTIONS, help_text="Member of the PATCH that decides it.")
    detail = serializers.CharField()


class ColumnShown(serializers.Serializer[object]):
    """A column that is read."""

    field = serializers.CharField(help_text="What it was taken for.")
    header = serializers.CharField(help_text="As written.")
    guessed = serializers.BooleanField(help_text="By what it holds, not by its header.")


class SheetShown(serializers.Serializer[object]):
    """A sheet of a workbook."""

    name = serializers.CharField()
    hidden = serializers.BooleanField()
    read = serializers.BooleanField()
    rows = serializers.IntegerField(
        allow_null=True, help_text="Number of its last row; null: no addresses stand there."
    )


class LayoutShown(serializers.Serializer[object]):
    """How the list is read."""

    format = serializers.CharField(help_text="csv, xlsx or ods.")
    encoding = serializers.CharField(allow_null=True)
    delimiter = serializers.CharField(allow_null=True)
    header_line = serializers.IntegerField(allow_null=True)
    headers = serializers.ListField(child=serializers.CharField(), help_text="As written, to choose from.")
    columns = ColumnShown(many=True)
    not_read = serializers.ListField(
        child=serializers.CharField(), help_text="Headers of columns that are not read."
    )
    more_addresses = serializers.ListField(
        child=serializers.CharField(), help_text="Headers of further columns of addresses that are read."
    )
    other_addresses = serializers.ListField(
        child=serializers.CharField(),
        help_text="Headers of columns that are not read, though addresses stand there.",
    )
    hidden_columns = serializers.ListField(child=serializers.CharField())
    titles = serializers.ListField(child=serializers.CharField(), help_text="Above the header; not read.")
    sheets = SheetShown(many=True)
    hidden_rows = serializers.IntegerField(help_text="That the workbook hides, in the sheets that are read.")
    filtered = serializers.BooleanField(help_text="A filter hides them.")
    zone = serializers.CharField(help_text="Of times without one.")
    dates = serializers.ChoiceField(
        DATES, allow_null=True, help_text="Which stands first in dates in figures."
    )
    dates_decided_by = serializers.CharField(
        allow_null=True, help_text="The cell that can be read in that order only."
    )


class PlatformShown(serializers.Serializer[object]):
    """Rows on one platform."""

    platform = serializers.CharField()
    rows = serializers.IntegerField()
    outside = serializers.BooleanField(help_text="It takes no part in the operation.")


class AlreadyShown(serializers.Serializer[object]):
    """Rows whose item is referred already, as far as you see it. What others have elsewhere, or on hold, is told when it is submitted."""

    whose = serializers.ChoiceField(WHOSE)
    agency = serializers.CharField(allow_null=True, help_text="Where it may be named to yours.")
    rows = serializers.IntegerField()
    lines = serializers.ListField(child=serializers.CharField(), help_text="The first of them.")


class HostShown(serializers.Serializer[object]):
    """Rows on hosts that are no platform here. They are kept, and referred when the host is declared."""

    domain = serializers.CharField()
    rows = serializers.IntegerField()
    hosts = serializers.ListField(child=serializers.CharField())


class WordShown(serializers.Serializer[object]):
    """A word for a kind, tier or language of which you may say what it means."""

    field = serializers.ChoiceField(WORDY)
    word = serializers.CharField()
    rows = serializers.IntegerField()
    means = serializers.CharField(allow_null=True, help_text="As it is read now; null for nothing.")
    said = serializers.BooleanField(help_text="Somebody decided that.")


class RowAskedAbout(serializers.Serializer[object]):
    """A row that is not understood, or one of whose cells is not."""

    line = serializers.IntegerField()
    sheet = serializers.CharField(allow_null=True)
    part = serializers.IntegerField()
    parts = serializers.IntegerField()
    refused = serializers.BooleanField(help_text="As it stands; else a cell of it is lost.")
    reason = serializers.CharField(allow_null=True, help_text="A stable code.")
    problems = serializers.ListField(child=serializers.CharField())
    raw = serializers.CharField(help_text="As written.")
    url = serializers.CharField()
    kind = serializers.CharField(help_text=f"Of {', '.join(str(kind) for kind in Kind)}, or as written.")
    found_at = serializers.CharField()
    choices = serializers.ListField(
        child=serializers.CharField(), help_text="Two addresses of which you say which is meant (“url”)."
    )


class DecisionShown(serializers.Serializer[object]):
    """What was decided, or put right."""

    subject = serializers.ChoiceField(Repair.Subject.choices)
    about = serializers.CharField(help_text="A stable name within the list.")
    detail = serializers.CharField()
    by = serializers.EmailField(allow_null=True, help_text="Null: a program, in the sandbox.")
    at = serializers.DateTimeField()


class PreviewShown(serializers.Serializer[object]):
    """What submitting the list would do now."""

    id = serializers.UUIDField(help_text="Of the submission that it becomes.")
    operation = serializers.CharField()
    filename = serializers.CharField(allow_null=True)
    instrument = serializers.ChoiceField(Instrument.choices)
    platform = serializers.CharField(allow_null=True, help_text="Of all bare names.")
    submitted_by = serializers.EmailField(allow_null=True, help_text="Who brought it.")
    received_at = serializers.DateTimeField(help_text="When it was brought.")
    discarded_at = serializers.DateTimeField(help_text="It is discarded then, unless it is confirmed before.")
    asks = ListQuestion(many=True, help_text="Empty: it can be confirmed.")
    rows_read = serializers.IntegerField()
    whole = serializers.BooleanField(
        help_text="False: it is long, and its beginning was read for the preview."
    )
    counts = serializers.DictField(child=serializers.IntegerField(), help_text="Rows by outcome.")
    layout = LayoutShown()
    platforms = PlatformShown(many=True)
    already_referred = AlreadyShown(many=True)
    unknown_hosts = HostShown(many=True, help_text="Those with most rows.")
    words = WordShown(many=True, help_text="Those in most rows.")
    in_question = serializers.IntegerField(help_text="Rows not understood, or with such a cell.")
    rows = RowAskedAbout(many=True, help_text="The first of them.")
    decisions = DecisionShown(many=True)
