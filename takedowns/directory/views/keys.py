"""API keys, for administrators: the list, making one, replacing and revoking it. A secret is in one answer, and nowhere else."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from takedowns.access_log.declaring import opens
from takedowns.access_log.vocabulary import What
from takedowns.directory import keys as service
from takedowns.directory.certificates import bind
from takedowns.directory.changes import Action, Kind, may_administer
from takedowns.directory.forms import CertificatesForm, KeyForm, RotateForm
from takedowns.directory.keys import KeyNotMade
from takedowns.directory.models import Agency, ApiKey, Platform
from takedowns.directory.queries import MOST_KEYS, done_to, key_shown, keys_listed, last_done_to
from takedowns.pages.access import StaffRequest, staff
from takedowns.pages.versions import lock


@staff
@opens(What.ADMINISTRATION)
def keys(request: StaffRequest) -> HttpResponse:
    """List the keys that work, ``?platform=`` or ``?agency=`` only, ``?ended=1`` also those that do not; choose for whom to make one."""
    _require(request)
    whose = _whose(request) if request.GET.get("platform") or request.GET.get("agency") else None
    only = _named(whose) if whose else {}
    ended = "ended" in request.GET
    found = keys_listed(**only, ended=ended)
    return render(
        request,
        "directory/keys.html",
        {
            "keys": found,
            "most": MOST_KEYS if len(found) == MOST_KEYS else None,
            "whose": whose,
            "only": urlencode(only),
            "ended": ended,
            "platforms": [] if whose else Platform.objects.all(),
            "agencies": [] if whose else Agency.objects.all(),
        },
    )


@staff
def make(request: StaffRequest) -> HttpResponse:
    """Make a key for ``?platform=`` or ``?agency=``, and show it this once."""
    _require(request)
    whose = _whose(request)
    form = KeyForm(request.POST or None, whose=whose)
    if form.is_valid():
        owner = {"platform": whose} if isinstance(whose, Platform) else {"agency": whose}
        try:
            made, text = service.create(**owner, **form.cleaned_data, by=request.actor)
        except KeyNotMade as error:
            form.add_error(None, str(error))
        else:
            return _show_secret(request, made, text)
    return render(
        request,
        "directory/key_make.html",
        {"form": form, "whose": whose, "only": urlencode(_named(whose))},
        status=422 if form.errors else 200,
    )


@staff
@opens(What.ADMINISTRATION, "prefix")
def key(request: StaffRequest, prefix: str) -> HttpResponse:
    """Show one key: what it may do, where it stands, what was done to it."""
    _require(request)
    found = _key_or_404(prefix)
    return _show(request, found, RotateForm(key=found))


@staff
@opens(What.ADMINISTRATION, "prefix")
def certificates(request: StaffRequest, prefix: str) -> HttpResponse:
    """Bind a key to client certificates."""
    _require(request)
    found = _key_or_404(prefix)
    if request.method == "POST":
        lock(ApiKey.objects.filter(pk=found.pk))
        found.refresh_from_db(fields=["certificates"])
    form = CertificatesForm(
        request.POST or None, key=found, changed=lambda: last_done_to(Kind.KEY, found.prefix)
    )
    if form.is_valid():
        bind(found, form.cleaned_data["certificates"], by=request.actor)
        messages.success(request, _("It is kept which client certificates the key is bound to."))
        return redirect("web:key", prefix)
    shown = {"key": found, "form": form, "at": settings.CLIENT_CERTIFICATES_AT}
    return render(request, "directory/key_certificates.html", shown, status=form.status)


@require_POST
@staff
@opens(What.ADMINISTRATION, "prefix")
def rotate(request: StaffRequest, prefix: str) -> HttpResponse:
    """Make the successor of a key, and show it this once."""
    _require(request)
    found = _key_or_404(prefix)
    form = RotateForm(request.POST, key=found)
    if form.is_valid():
        try:
            made, text = service.rotate(
                found, overlap=form.hours(), person=form.cleaned_data.get("person"), by=request.actor
            )
        except KeyNotMade as error:
            messages.warning(request, str(error))
            return redirect("web:key", prefix)
        return _show_secret(request, made, text)
    return _show(request, found, form)


@require_POST
@staff
def revoke(request: StaffRequest, prefix: str) -> HttpResponse:
    """End a key now."""
    _require(request)
    _key_or_404(prefix)
    service.revoke(prefix, by=request.actor)
    messages.success(request, _("The key is revoked: calls with it are refused from now on."))
    return redirect("web:key", prefix)


def _whose(request: StaffRequest) -> Platform | Agency:
    """Return for whom a key is asked for."""
    found: Platform | Agency | None = None
    if slug := request.GET.get("platform", ""):
        found = Platform.objects.filter(pk=slug).first()
    elif slug := request.GET.get("agency", ""):
        found = Agency.objects.filter(slug=slug).first()
    if found is None:
        raise Http404(_("Say for which platform or agency the key is to be; there is none of this name."))
    return found


def _named(whose: Platform | Agency) -> dict[str, str]:
    """Return how an address names whose keys are meant."""
    return {"platform" if isinstance(whose, Platform) else "agency": whose.slug}


def _key_or_404(prefix: str) -> ApiKey:
    found = (
        ApiKey.objects.filter(prefix=prefix)
        .select_related("platform", "agency", "replaces", "person")
        .first()
    )
    if found is None:
        raise Http404(_("There is no such key."))
    return found


def _show(request: StaffRequest, found: ApiKey, form: RotateForm) -> HttpResponse:
    record = done_to(Kind.KEY, found.prefix)
    successors = list(found.replaced_by.order_by("created_at"))
    return render(
        request,
        "directory/key.html",
        {
            "shown": key_shown(found),
            "key": found,
            # A program that changed over would be cut off if its key were replaced once more.
            "in_use": next((one for one in successors if one.last_used_at and not one.revoked_at), None),
            "successors": successors,
            "form": form,
            "made": next((one for one in record if one.action == Action.ADDED), None),
            "record": record,
        },
        status=422 if form.errors else 200,
    )


def _show_secret(request: StaffRequest, made: ApiKey, text: str) -> HttpResponse:
    """Show a key's text in the answer to what made it; it is in no address, no log, and read a second time nowhere."""
    return render(
        request, "directory/key_secret.html", {"key": made, "secret": text, "former": made.replaces}
    )


def _require(request: StaffRequest) -> None:
    if not may_administer(request.actor):
        raise PermissionDenied(_("API keys are for administrators."))
