"""Evidence of a referral: what is attached, one piece with who opened it, its picture drawn anew, its file to download."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from takedowns.access_log.declaring import opens
from takedowns.access_log.vocabulary import What
from takedowns.evidence.forms import EvidenceForm, WithdrawForm, brought
from takedowns.evidence.models import Evidence, EvidenceAccess
from takedowns.evidence.pictures import UnreadableError, redraw, veiled
from takedowns.evidence.queries import WITH_PEOPLE, evidence_of, opened, piece_of
from takedowns.evidence.services import Attached, attach, attaches_for, download_name, open_evidence
from takedowns.evidence.store import DamagedError
from takedowns.evidence.withdrawal import NotYoursToWithdrawError, WithdrawalError, withdraw, withdraws
from takedowns.pages.access import Response, StaffRequest, staff
from takedowns.referrals.models import Referral
from takedowns.referrals.queries import visible_referral
from takedowns.referrals.reference import reference_of

#: Whatever is in a file, a browser runs nothing of it, guesses nothing about it, and gives it to no other site.
SEALED: Final = {
    "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@staff
@opens(What.EVIDENCE)
def evidence(request: StaffRequest, reference: str, referral_id: UUID) -> HttpResponse:
    """List what is attached; take further files."""
    found = _referral(request, reference, referral_id)
    if request.method != "POST":
        return _show(request, found)
    if attaches_for(request.actor, found) is None:
        raise PermissionDenied(
            _(
                "Attaching evidence is for officers, reviewers and coordinators of the agencies that work on it."
            )
        )
    form = EvidenceForm(request.POST, request.FILES)
    if not form.is_valid():
        return _show(request, found, form)
    given = form.cleaned_data
    attached = attach(brought(given["file"]), found, by=request.actor, note=given["note"])
    _tell(request, attached)
    if attached.refused:
        return _show(request, found, form, attached)
    return redirect("web:evidence", found.operation.reference, found.pk)


@staff
@opens(What.EVIDENCE, "evidence_id")
def evidence_one(request: StaffRequest, reference: str, referral_id: UUID, evidence_id: UUID) -> HttpResponse:
    """Show one piece: its picture, where it is one and wanted, what is known of it, and who opened it."""
    found, one = _evidence(request, reference, referral_id, evidence_id)
    return _show_one(request, found, one)


@staff
@opens(What.EVIDENCE, "evidence_id")
def evidence_picture(
    request: StaffRequest, reference: str, referral_id: UUID, evidence_id: UUID
) -> HttpResponse:
    """Send a picture, drawn anew: a picture only, whatever else its file bears; ``?blurred=1`` grey and blurred, which is no looking."""
    blurred = "blurred" in request.GET
    _found, one = _file(request, reference, referral_id, evidence_id)
    if not one.is_picture:
        raise Http404(_("Only pictures can be looked at here; download the file."))
    try:
        with open_evidence(
            one, None if blurred else EvidenceAccess.Action.PREVIEWED, by=request.actor
        ) as file:
            drawn, media_type = (veiled(file), "image/jpeg") if blurred else redraw(file)
    except (DamagedError, UnreadableError) as error:
        # No exception goes on from here: that would take back the record of what was found.
        return HttpResponse(
            str(error) if isinstance(error, UnreadableError) else _("This file does not match its digest."),
            status=500,
            content_type="text/plain; charset=utf-8",
            headers=SEALED,
        )
    ending = media_type.partition("/")[2]
    return HttpResponse(
        drawn,
        content_type=media_type,
        headers=SEALED | {"Content-Disposition": f'inline; filename="{one.sha256[:12]}.{ending}"'},
    )


@staff
@opens(What.EVIDENCE, "evidence_id")
def evidence_file(request: StaffRequest, reference: str, referral_id: UUID, evidence_id: UUID) -> Response:
    """Send a file as it came, to keep and never to show; damaged, it stays here and the page says so."""
    found, one = _file(request, reference, referral_id, evidence_id)
    try:
        file = open_evidence(one, EvidenceAccess.Action.DOWNLOADED, by=request.actor)
    except DamagedError:
        return _show_one(request, found, one, damaged=True)
    return FileResponse(
        file, as_attachment=True, filename=download_name(one), content_type=one.media_type, headers=SEALED
    )


@require_POST
@staff
def pictures_choose(request: StaffRequest) -> HttpResponse:
    """Keep how pictures of evidence are shown to whoever asks; then back to the page."""
    request.user.plain_pictures = request.POST.get("plain") == "1"
    request.user.save(update_fields=["plain_pictures"])
    messages.success(request, _("Kept."))
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts=None) and back.startswith("/")
    return redirect(back if safe else "web:home")


@require_POST
@staff
@opens(What.EVIDENCE, "evidence_id")
def evidence_take_back(
    request: StaffRequest, reference: str, referral_id: UUID, evidence_id: UUID
) -> HttpResponse:
    """Take a file back that one's agency attached by mistake; it stays, with the reason."""
    found, one = _evidence(request, reference, referral_id, evidence_id)
    form = WithdrawForm(request.POST)
    try:
        reason = form.cleaned_data["reason"] if form.is_valid() else ""
        withdraw(one, reason=reason, by=request.actor)
    except NotYoursToWithdrawError:
        raise PermissionDenied(
            _("A file is taken back by officers, reviewers and coordinators of the agency that attached it.")
        ) from None
    except WithdrawalError as error:
        if not form.errors:
            messages.warning(request, str(error))
            return redirect("web:evidence-one", reference, referral_id, evidence_id)
        return _show_one(request, found, one, form=form)
    messages.success(request, _("The file is taken back. Its entry stays, with your reason."))
    return redirect("web:evidence-one", reference, referral_id, evidence_id)


def _tell(request: StaffRequest, attached: Attached) -> None:
    """Say how many files are attached, and which had been before."""
    if count := len(attached.evidence) - len(attached.repeated):
        messages.success(
            request,
            ngettext("%(count)d file is attached.", "%(count)d files are attached.", count)
            % {"count": count},
        )
    for name in attached.repeated:
        messages.info(request, _("%(name)s was attached before, byte for byte.") % {"name": name})


def _referral(request: StaffRequest, reference: str, referral_id: UUID) -> Referral:
    found = visible_referral(request.actor, reference, referral_id)
    if found is None:
        raise Http404(_("There is no such referral in this operation, or it is not for your agency to see."))
    return found


def _evidence(
    request: StaffRequest, reference: str, referral_id: UUID, evidence_id: UUID
) -> tuple[Referral, Evidence]:
    found = _referral(request, reference, referral_id)
    visible = Evidence.objects.visible_to(request.actor).select_related(*WITH_PEOPLE)
    one = visible.filter(referral=found, pk=evidence_id).first()
    if one is None:
        raise Http404(_("There is no such evidence, or another agency attached it."))
    return found, one


def _file(
    request: StaffRequest, reference: str, referral_id: UUID, evidence_id: UUID
) -> tuple[Referral, Evidence]:
    """Return a piece whose file the actor may open."""
    found, one = _evidence(request, reference, referral_id, evidence_id)
    if one.is_kept_away:
        raise PermissionDenied(
            _(
                "Malware was found in this file, and nobody opens it here. Its page says what was found and when."
            )
        )
    if not one.may_be_opened_by(request.actor):
        raise PermissionDenied(
            _(
                "This file was taken back. Auditors and administrators can open it; its page says who took it back and why."
            )
        )
    return found, one


def _show(
    request: StaffRequest,
    found: Referral,
    form: EvidenceForm | None = None,
    attached: Attached | None = None,
) -> HttpResponse:
    wrong = bool((form and form.errors) or (attached and attached.refused))
    context = _named(found) | {
        "pieces": evidence_of(found, request.actor),
        "attaches": attaches_for(request.actor, found) is not None,
        "form": form or EvidenceForm(),
        "refused": attached.refused if attached else [],
        "some_kept": bool(attached and attached.evidence),
    }
    return render(request, "evidence/evidence.html", context, status=422 if wrong else 200)


def _show_one(
    request: StaffRequest,
    found: Referral,
    one: Evidence,
    *,
    damaged: bool = False,
    form: WithdrawForm | None = None,
) -> HttpResponse:
    context = _named(found) | {
        "piece": piece_of(one, request.actor),
        "damaged": damaged,
        "may_open": one.may_be_opened_by(request.actor),
        "withdraws": withdraws(request.actor, one),
        "form": form or WithdrawForm(),
        "show": ("show" in request.GET or request.user.plain_pictures) and not damaged,
        "opened": opened(one, request.actor),
    }
    return render(
        request, "evidence/evidence_one.html", context, status=500 if damaged else 422 if form else 200
    )


def _named(found: Referral) -> dict[str, Any]:
    return {
        "operation": found.operation,
        "outside": not found.in_own_operation,  # type: ignore[attr-defined]
        "referral": found,
        "reference": reference_of(found.operation.reference, found.pk),
    }
