"""Files that an officer attaches to a referral."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, BinaryIO, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from takedowns.evidence import services as evidence
from takedowns.evidence.services import LONGEST_NOTE, Brought
from takedowns.evidence.withdrawal import LONGEST_REASON
from takedowns.pages.bodies import FILES_AT_ONCE
from takedowns.pages.fields import SEVERAL_DROPPED


class _SeveralFiles(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One file or several; whether each may be attached is judged by its content, later."""

    widget = _SeveralFiles(attrs=SEVERAL_DROPPED)

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:  # noqa: ARG002
        """Return the files as a list."""
        sent = data if isinstance(data, list | tuple) else [data] if data else []
        if not sent:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        if len(sent) > FILES_AT_ONCE:
            raise forms.ValidationError(_("At most %(most)d files at once.") % {"most": FILES_AT_ONCE})
        return list(sent)


class EvidenceForm(forms.Form):
    """Files, and what they show."""

    file = FilesField(
        label=gettext_lazy("Files"),
        help_text=lazy(evidence.what_is_taken, str)(),
        error_messages={"required": gettext_lazy("Choose at least one file.")},
    )
    note = forms.CharField(
        label=gettext_lazy("What they show"),
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class WithdrawForm(forms.Form):
    """Why a file is taken back."""

    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Everybody who may see the evidence reads it."),
        error_messages={"required": gettext_lazy("Say why; everybody who may see the evidence reads it.")},
    )


def brought(files: Sequence[UploadedFile[Any]]) -> list[Brought]:
    """Return uploaded files as the service takes them."""
    return [Brought(file.name or "", cast("BinaryIO", file.file)) for file in files]
