"""For load balancers: whether this process lives, and whether it can serve. For administrators: the jobs of the workers."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

import takedowns
from takedowns.access_log.declaring import opens
from takedowns.access_log.vocabulary import What
from takedowns.directory.changes import may_administer
from takedowns.installation.identity import is_copy
from takedowns.operating import jobs as service
from takedowns.operating.readiness import readiness
from takedowns.pages.access import StaffRequest, staff
from takedowns.postgres.transactions import oldest
from takedowns.postgres.trouble import RETRY_AFTER, Trouble


@never_cache
def live(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django passes it
    """Answer 200 "ok" while this process answers at all; it asks nothing else, so a database that is away restarts nobody."""
    return _plain("ok\n")


@never_cache
def ready(request: HttpRequest) -> HttpResponse:
    """Answer 200 "ok", or 503 where this process cannot serve; with ``?verbose`` a line for each thing that it needs."""
    found = readiness()
    is_ready = all(found.values())
    if "verbose" in request.GET:
        lines = [
            f"[{'+' if good else '-'}] {name} {'ok' if good else 'failed'}" for name, good in found.items()
        ]
        said = "\n".join([*lines, "ready" if is_ready else "not ready", ""])
    else:
        said = "ok\n" if is_ready else "".join(f"{name} failed\n" for name, good in found.items() if not good)
    return _plain(said, is_ready=is_ready)


@never_cache
def health(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django passes it
    """Answer 200 "ok", or 503 where the database does not answer: the address of earlier versions."""
    is_there = readiness(only="database")["database"]
    return _plain("ok\n" if is_there else "database does not answer\n", is_ready=is_there)


@staff
@opens(What.ADMINISTRATION)
def jobs(request: StaffRequest) -> HttpResponse:
    """Show what waits, runs and failed, who works, and what holds everything up."""
    _require(request)
    transaction = oldest()
    return render(
        request,
        "operating/jobs.html",
        {
            "overview": service.overview(),
            "workers": service.workers(),
            "failed": service.listed(["failed"]),
            "failing": service.listed(["todo"], tried=True),
            "running": service.listed(["doing"]),
            "transaction": transaction if transaction and transaction.is_long else None,
            "is_copy": is_copy(),
            "version": takedowns.__version__,
        },
    )


@require_POST
@staff
def try_again(request: StaffRequest, job_id: int) -> HttpResponse:
    """Put a job back into the queue, to be tried now."""
    _require(request)
    if service.try_again(job_id):
        messages.success(request, _("The job waits to be done again."))
    else:
        messages.info(
            request,
            _("Nothing to do: it is done or gone meanwhile, or one that does the same waits already."),
        )
    return redirect("web:jobs")


def security_txt(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django passes it
    """Say where a fault of security is reported (RFC 9116); 404 where the operator named nobody."""
    if not settings.SECURITY_CONTACT:
        raise Http404
    # It must not be kept for ever, nor end while nobody looks after it: what it says holds for half a year from today.
    expires = (timezone.now() + timedelta(days=180)).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = [
        *(f"Contact: {one}" for one in settings.SECURITY_CONTACT),
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        f"Canonical: {settings.SITE_URL}/.well-known/security.txt",
    ]
    return _plain("\n".join([*lines, ""]))


def _require(request: StaffRequest) -> None:
    if not may_administer(request.actor):
        raise PermissionDenied(_("The jobs of the workers are for administrators."))


def _plain(said: str, *, is_ready: bool = True) -> HttpResponse:
    headers = {} if is_ready else {"Retry-After": str(RETRY_AFTER[Trouble.AWAY])}
    return HttpResponse(
        said, status=200 if is_ready else 503, content_type="text/plain; charset=utf-8", headers=headers
    )
