"""Platforms: the list with what waits for one, making one of unknown hosts, changing one, taking a host back."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from takedowns.access_log.declaring import opens
from takedowns.access_log.vocabulary import What
from takedowns.directory import platforms as service
from takedowns.directory.changes import Kind, may_declare
from takedowns.directory.hosts import HostError
from takedowns.directory.models import Platform
from takedowns.directory.platforms import DirectoryError
from takedowns.directory.queries import done_to, last_done_to, platforms_listed
from takedowns.intake.load import AlreadyLoading, TakenUp
from takedowns.intake.waiting import declare_hosts, hosts_waiting, take_back, waiting_domains
from takedowns.pages.access import StaffRequest, staff
from takedowns.pages.versions import lock
from takedowns.web.forms.platforms import MakePlatformForm, PlatformForm, provider_names


@staff
@opens(What.ADMINISTRATION)
def platforms(request: StaffRequest) -> HttpResponse:
    """List the hosts that wait to become a platform, then every platform."""
    _require(request)
    return render(
        request, "web/platforms.html", {"waiting": waiting_domains(), "platforms": platforms_listed()}
    )


@staff
def make(request: StaffRequest) -> HttpResponse:
    """Make a platform of hosts, ``?host=`` and those that wait below ``?domain=``; go ``?back=`` to where one came from."""
    _require(request)
    domain = request.GET.get("domain", "")
    waiting = hosts_waiting(domain) if domain else []
    # A list in preview waits nowhere yet: its page names the hosts it saw.
    hosts = dict.fromkeys([*request.GET.getlist("host"), *(host for host, _rows in waiting)])
    form = MakePlatformForm(request.POST or None, initial={"hosts": "\n".join(hosts)})
    if form.is_valid():
        try:
            platform, taken = _make(request, form)
        except DirectoryError as error:
            form.add_error(error.field or None, error.message)
        except HostError as error:
            form.add_error("hosts", str(error))
        else:
            _tell(request, platform, taken)
            return redirect(_back(request) or reverse("web:platform", args=[platform.pk]))
    return render(
        request,
        "web/platform_make.html",
        {"form": form, "domain": domain, "waiting": waiting, "providers": provider_names()},
        status=422 if form.errors else 200,
    )


@staff
@opens(What.ADMINISTRATION, "slug")
def platform(request: StaffRequest, slug: str) -> HttpResponse:
    """Show one platform with its hosts and what was done to it; take another name or provider."""
    _require(request)
    if request.method == "POST":
        lock(Platform.objects.filter(pk=slug))
    found = next(iter(platforms_listed(slug)), None)
    if found is None:
        raise Http404(_("There is no such platform."))
    initial = {"name": found.name, "provider": found.provider.name if found.provider else ""}
    form = PlatformForm(
        request.POST or None, initial=initial, changed=lambda: last_done_to(Kind.PLATFORM, slug)
    )
    if form.is_valid():
        service.change_platform(slug, by=request.actor, **form.cleaned_data)
        messages.success(request, _("The platform is changed."))
        return redirect("web:platform", slug)
    return render(
        request,
        "web/platform.html",
        {
            "platform": found,
            "form": form,
            "providers": provider_names(),
            "record": done_to(Kind.PLATFORM, slug),
        },
        status=form.status,
    )


@require_POST
@staff
def host_take_back(request: StaffRequest, host: str) -> HttpResponse:
    """Undo a declaration that was wrong."""
    _require(request)
    try:
        done = take_back(host, by=request.actor)
    except HostError as error:
        messages.error(request, str(error))
    except AlreadyLoading:
        messages.warning(request, _("One of its lists is being read just now. Try again in a minute."))
    else:
        messages.success(
            request,
            _(
                "%(host)s is no platform any more: %(withdrawn)s referrals withdrawn, %(rows)s rows wait again."
            )
            % {"host": host, "withdrawn": done.withdrawn, "rows": done.rows},
        )
    return redirect("web:platforms")


def _make(request: StaffRequest, form: MakePlatformForm) -> tuple[Platform, TakenUp]:
    given = form.cleaned_data
    with transaction.atomic():  # a host that is refused leaves no platform behind
        if given["software"]:
            found = Platform.objects.get(pk=given["software"])
        else:
            found = service.make_platform(
                slug=given["slug"], name=given["name"], provider=given["provider"], by=request.actor
            )
        return found, declare_hosts(given["hosts"], found, given["operator"], by=request.actor)


def _tell(request: StaffRequest, made: Platform, taken: TakenUp) -> None:
    messages.success(
        request,
        ngettext(
            "%(platform)s: %(rows)s row that waited was taken up.",
            "%(platform)s: %(rows)s rows that waited were taken up.",
            taken.rows,
        )
        % {"platform": made, "rows": taken.rows},
    )
    if taken.later:
        messages.info(
            request,
            ngettext(
                "%(number)s long list is read again in the background; its report shows the result.",
                "%(number)s long lists are read again in the background; their reports show the result.",
                len(taken.later),
            )
            % {"number": len(taken.later)},
        )
    if taken.busy:
        messages.warning(
            request, _("A list is being read just now. Declare the host once more for the rows of that list.")
        )


def _require(request: StaffRequest) -> None:
    if not may_declare(request.actor):
        raise PermissionDenied(_("Platforms are for coordinators and administrators."))


def _back(request: StaffRequest) -> str:
    """Return where to go back to, if it is a page of ours."""
    back = request.GET.get("back", "")
    allowed = url_has_allowed_host_and_scheme(back, allowed_hosts=None) and back.startswith("/")
    return back if allowed else ""
