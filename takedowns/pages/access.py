"""Who may open a page at all. What they then see is decided by querysets and row-level security."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, Final, NoReturn, ParamSpec, TypeVar

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from takedowns.access.actor import Actor, acting_as
from takedowns.access.guests import DOOR

if TYPE_CHECKING:
    from takedowns.directory.models import User

Args = ParamSpec("Args")
View = TypeVar("View", bound=Callable[..., Any])
_ALSO_BY_LINK: Final = "_also_by_link"
Response = HttpResponse | StreamingHttpResponse


class StaffRequest(HttpRequest):
    """A request as the middleware leaves it: signed in, with who asks."""

    actor: Actor
    htmx: HtmxDetails
    user: User


def staff(
    view: Callable[Concatenate[StaffRequest, Args], Response],
) -> Callable[Concatenate[HttpRequest, Args], Response]:
    """Let a view be opened by whoever works for an agency; nothing of it is kept by a browser or proxy.

    Nobody signed in: to the sign-in page (a live part of a page takes the whole page there). Somebody without an
    agency, such as a platform's contact: 403, which says why.
    """

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: Args.args, **kwargs: Args.kwargs) -> Response:
        if not request.user.is_authenticated:
            return _to_sign_in(request)
        if not request.actor.agencies:  # type: ignore[attr-defined]
            _refuse()
        response = view(request, *args, **kwargs)  # type: ignore[arg-type]
        response.headers.setdefault("Cache-Control", "no-store, private")
        return response

    return guarded


def signed_in(
    view: Callable[Concatenate[StaffRequest, Args], Response],
) -> Callable[Concatenate[HttpRequest, Args], Response]:
    """Let a view be opened by whoever is signed in, a platform's people too; the view says who may do what there."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: Args.args, **kwargs: Args.kwargs) -> Response:
        if not request.user.is_authenticated:
            return _to_sign_in(request)
        response = view(request, *args, **kwargs)  # type: ignore[arg-type]
        response.headers.setdefault("Cache-Control", "no-store, private")
        return response

    return guarded


def staff_or_platform(
    view: Callable[Concatenate[StaffRequest, Args], Response],
) -> Callable[Concatenate[HttpRequest, Args], Response]:
    """Let a view be opened by whoever has a role at an agency or a platform; the view tells them apart."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: Args.args, **kwargs: Args.kwargs) -> Response:
        actor: Actor = request.actor  # type: ignore[attr-defined]
        if request.user.is_authenticated and not (actor.agencies or actor.platforms):
            _refuse()
        return signed_in(view)(request, *args, **kwargs)

    return guarded


def also_by_link(view: View) -> View:
    """Let a page of a desk be opened by a link, too, that somebody without an account came by; goes nearest to the view."""
    setattr(view, _ALSO_BY_LINK, True)
    return view


def at_the_desk(
    view: Callable[Concatenate[StaffRequest, Args], Response],
) -> Callable[Concatenate[HttpRequest, Args], Response]:
    """Let a page of a platform's desk be opened by that platform's own people; nothing of it is kept by a browser or proxy.

    Who answers for several platforms acts for this one alone while its desk is open. Agencies' people: 403. Of another
    platform's desk nobody is told whether there is one: 404. Whoever came by a link opens the pages that say so.
    """

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: Args.args, **kwargs: Args.kwargs) -> Response:
        platform = str(kwargs["platform"])  # as the address names it
        actor: Actor = request.actor  # type: ignore[attr-defined]
        if not (request.user.is_authenticated or actor.link):
            return redirect("web:hand-off") if DOOR in request.session else _to_sign_in(request)
        if not actor.is_of_platforms:
            raise PermissionDenied(
                _(
                    "The desk is for a platform’s own people. What platforms answered stands on each referral’s page."
                )
            )
        if platform not in actor.platforms:
            raise Http404(_("There is no such desk, or it is another platform’s."))
        if actor.link and not hasattr(view, _ALSO_BY_LINK):
            raise PermissionDenied(
                _("The link in the mail opens the referrals of one hand-off, and no more.")
            )
        only = actor.at(platform)
        with acting_as(only) if only != actor else nullcontext():
            request.actor = only  # type: ignore[attr-defined]
            response = view(request, *args, **kwargs)  # type: ignore[arg-type]
        response.headers.setdefault("Cache-Control", "no-store, private")
        return response

    return guarded


def _refuse() -> NoReturn:
    raise PermissionDenied(
        _(
            "These pages are for the staff of agencies, and this account has no role at one. "
            "An administrator can give it a role. A platform’s people answer at their own desk."
        )
    )


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponseClientRedirect(reverse("web:sign-in"))
    return redirect_to_login(request.get_full_path(), reverse("web:sign-in"))
