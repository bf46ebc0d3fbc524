"""Two people at one form: each form that changes what is stored carries the version it was opened with.

The version is, field by field, a digest of what was stored when the form was shown. A form that is sent with another one
than what is stored now is in *conflict*: nothing is written. It is shown again with both, what was stored meanwhile and what
was typed, and sent again with the new version. What only the other person changed is taken over; what both changed stays as it
was typed, with the other's beside it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any, ClassVar, Final

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString

from takedowns.access.actor import SYSTEM, acting_as

if TYPE_CHECKING:
    _Form = forms.BaseForm
else:
    _Form = object

#: The name of the hidden field.
FIELD: Final = "version"
#: What a field says, as a browser would send it: the texts of one or several values, in order of the text.
Said = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Changed:
    """The last change of what a form is about: when, and who did it (nobody where it was a program)."""

    at: datetime | None
    by: object = None


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that somebody else changed meanwhile.

    Attributes:
        stored: what is stored now, in words.
        typed: what was typed, in words; None where the field had been left alone, and now shows what is stored.
    """

    label: str
    stored: str
    typed: str | None


@dataclass(frozen=True, slots=True)
class Conflict:
    """What somebody else stored while a form was open; ``changed`` says who and when."""

    differences: Sequence[Difference]
    changed: Changed | None


def lock(*rows: QuerySet[Any, Any]) -> None:
    """Let nobody change rows until the transaction ends: first whoever saves a form that changes them. A statement each.

    Read what is stored after this, not before.
    """
    with acting_as(SYSTEM):
        for one in rows:
            list(one.select_for_update(of=("self",), no_key=True).values_list("pk"))


class Versioned(_Form):
    """Makes a form one that two people may have open; mixed in before Django's form.

    Args:
        facts: what else is stored that matters to what the form does, by label: somebody's roles, say.
        changed: gives the last change; asked in a conflict alone.
    """

    #: Whether its fields show what is stored. Where they do not, as of something new, the facts alone are compared.
    shows_stored: ClassVar[bool] = True
    #: Whether a fact that was not there when the form was opened is a change; otherwise it is taken for a new kind of fact.
    facts_may_come: ClassVar[bool] = False

    def __init__(
        self,
        *args: Any,
        facts: Mapping[str, Sequence[str]] | None = None,
        changed: Callable[[], Changed | None] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._facts = {str(label): tuple(map(str, said)) for label, said in (facts or {}).items()}
        self._changed = changed

    def is_valid(self) -> bool:
        """Tell whether it may be written: no conflict, and nothing wrong."""
        return self.conflict is None and super().is_valid()

    @cached_property
    def conflict(self) -> Conflict | None:
        """What somebody else stored since the form was opened, if anything. The form then shows both."""
        opened = self.data.get(self.add_prefix(FIELD)) if self.is_bound else None
        return None if opened is None else self._compare(_read(opened))

    @cached_property
    def _stored(self) -> dict[str, Said]:
        return {name: self._stored_of(name) for name in self.fields} if self.shows_stored else {}

    @property
    def status(self) -> int:
        """The status of the page that shows the form: 409 in a conflict, 422 where something is wrong."""
        return 409 if self.conflict else 422 if self.is_bound and self.errors else 200

    @property
    def version(self) -> SafeString:
        """The hidden field: what is stored now, for when it is sent."""
        said = {**self._stored, **{f"={label}": one for label, one in self._facts.items()}}
        text = " ".join(f"{_digest(name)}:{_digest(one)}" for name, one in said.items())
        return format_html('<input type="hidden" name="{}" value="{}">', self.add_prefix(FIELD), text)

    def that_matter(self) -> Mapping[str, Said]:
        """Return the facts, by label, on which rests what the form does as it was sent: all of them unless it says otherwise."""
        return self._facts

    def _compare(self, opened: Mapping[str, str]) -> Conflict | None:
        differences = [
            Difference(label, ", ".join(said) or "–", None)
            for label, said in self.that_matter().items()
            if opened.get(_digest(f"={label}"), _digest(() if self.facts_may_come else said)) != _digest(said)
        ]
        merged = self.data.copy() if isinstance(self.data, QueryDict) else QueryDict(mutable=True)
        for name, stored in self._stored.items():
            was, typed = opened.get(_digest(name)), self._typed_of(name)
            # A field that was not there when the form was opened: its like came since.
            if was == _digest(stored) or typed == stored or (was is None and name not in self.data):
                if was is None:
                    self._put(merged, name, stored)
                continue
            left_alone = was == _digest(typed)
            if left_alone:
                self._put(merged, name, stored)
            differences.append(
                Difference(
                    str(self[name].label),
                    self._in_words(name, stored),
                    None if left_alone else self._in_words(name, typed),
                )
            )
        self.data = merged
        if not differences:
            return None
        return Conflict(differences, self._changed() if self._changed else None)

    def _stored_of(self, name: str) -> Said:
        field = self.fields[name]
        value = field.prepare_value(self.get_initial_for_field(field, name))
        return _said(value if isinstance(value, bool) else field.widget.format_value(value))

    def _typed_of(self, name: str) -> Said:
        widget = self.fields[name].widget
        return _said(widget.value_from_datadict(self.data, self.files, self.add_prefix(name)))

    def _put(self, data: QueryDict, name: str, said: Said) -> None:
        """Let the form say what is stored."""
        if isinstance(self.fields[name].widget, forms.CheckboxInput) and not said:
            data.pop(self.add_prefix(name), None)
        else:
            data.setlist(self.add_prefix(name), list(said) or [""])
            if not said and isinstance(
                self.fields[name], forms.MultipleChoiceField | forms.ModelMultipleChoiceField
            ):
                data.pop(self.add_prefix(name), None)

    def _in_words(self, name: str, said: Said) -> str:
        words = {str(value): str(label) for value, label in getattr(self.fields[name], "choices", ())}
        if said == ("on",):
            return "✓"
        return ", ".join(words.get(one, one) for one in said) or "–"


def _said(value: Any) -> Said:
    """Say a value as a browser sends it; nothing is an empty tuple."""
    if isinstance(value, bool):
        return ("on",) if value else ()
    if value is None:
        return ()
    many = value if isinstance(value, list | tuple | set | frozenset) else [value]
    texts = ("\n".join(str(one).split("\r\n")).strip() for one in many if one is not None)
    return tuple(sorted(text for text in texts if text))


def _digest(value: str | Said) -> str:
    return sha256(json.dumps(value).encode()).hexdigest()[:16]


def _read(text: str) -> dict[str, str]:
    return {name: said for name, _sign, said in (one.partition(":") for one in text.split())}
