"""Django's admin site for the rare rest: what no page of our own shows. For administrators; what happened is only read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final, cast

from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from takedowns.access_log.declaring import opens, saw
from takedowns.access_log.vocabulary import What
from takedowns.accounts.models import AccountEvent, Invitation
from takedowns.directory.changes import may_administer
from takedowns.directory.models import DirectoryChange, Provider
from takedowns.pages.access import StaffRequest
from takedowns.referrals.models import Event

PAGED_THROUGH: Final = 5_000

if TYPE_CHECKING:
    _Admin = ModelAdmin[Model]
else:
    _Admin = ModelAdmin  # takes no type argument at run time


class Site(AdminSite):
    """Lets in who is an administrator by role, signed in by our own page with their second factor."""

    site_header = site_title = _("Takedowns: the rare rest")
    index_title = _("Records and providers")

    def get_urls(self) -> list[Any]:
        """Leave out the way to an object's own page: no object here has one, and it fails at a key that is none."""
        return [one for one in super().get_urls() if getattr(one, "name", "") != "view_on_site"]

    def has_permission(self, request: HttpRequest) -> bool:
        """Tell whether the actor administers."""
        return request.user.is_authenticated and may_administer(cast("StaffRequest", request).actor)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:  # noqa: ARG002
        """Lead to our own sign-in; refuse who is signed in and no administrator."""
        if request.user.is_authenticated:
            raise PermissionDenied(_("This is for administrators."))
        return redirect_to_login(reverse("admin:index"), reverse("web:sign-in"))

    def password_change(self, _: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:  # type: ignore[override]  # noqa: ARG002
        """Lead to our own page, which asks for the second factor and keeps the record."""
        return redirect("account_change_password")


class Latest(Paginator):  # type: ignore[type-arg]
    """Pages of the latest rows; never counts a table of millions to number them."""

    @cached_property
    def count(self) -> int:
        """Return how many rows can be paged through."""
        return int(self.object_list.order_by()[:PAGED_THROUGH].count())  # type: ignore[attr-defined]


class Looked(_Admin):
    """Rows of which it is recorded who looked at them, as on our own pages."""

    #: What a list of them is, and what one of them is.
    many: What
    one: What

    def get_urls(self) -> list[Any]:
        """Declare what each page opens; an empty form opens nothing, and what only sends elsewhere neither."""
        pages = super().get_urls()
        for page in pages:
            name = getattr(page, "name", None) or ""
            if name.endswith("_changelist"):
                opens(self.many)(page.callback)
            elif name.endswith(("_change", "_history", "_delete")):
                opens(self.one)(page.callback)
        return pages

    def named(self, found: Any) -> object:
        """Return the id under which the log knows a row; None where it knows it by none."""
        return found.pk

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Tell which one is shown."""
        found = super().get_object(request, object_id, from_field)
        saw(request, self._names([found] if found else []))
        return found

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Tell which are shown, and what was searched for."""
        answer = super().changelist_view(request, extra_context)
        listed = (getattr(answer, "context_data", None) or {}).get("cl")
        if listed is not None:
            saw(request, self._names(listed.result_list), asked=request.GET.get("q", ""))
        return answer

    def _names(self, found: Iterable[Any]) -> list[object]:
        return [name for name in dict.fromkeys(map(self.named, found)) if name is not None]


class Read(Looked):
    """Rows that are read and never changed here."""

    paginator = Latest
    list_per_page = 50
    show_full_result_count = False

    def has_module_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Show it; the site has let the actor in."""
        return True

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002
        """Show it."""
        return True

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Refuse."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002
        """Refuse."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002
        """Refuse."""
        return False


class AccountEvents(Read):
    """The whole record of accounts; the page of our own shows the latest."""

    many = one = What.PEOPLE

    list_display = ("at", "kind", "email", "by", "address")
    list_filter = ("kind",)
    list_select_related = ("by",)
    search_fields = ("email",)


class DirectoryChanges(Read):
    """What was done to agencies, platforms, hosts, keys."""

    many = one = What.ADMINISTRATION

    list_display = ("at", "kind", "action", "name", "by")
    list_filter = ("kind", "action")
    list_select_related = ("by",)
    search_fields = ("name",)


class Invitations(Read):
    """Invitations, also those that were used or have ended."""

    many = one = What.PEOPLE

    list_display = ("made_at", "email", "role", "expires_at", "accepted_at", "revoked_at")
    list_filter = ("role",)
    search_fields = ("email",)
    exclude = ("secret_hash",)


class Events(Read):
    """What happened to referrals."""

    many, one = What.REFERRALS, What.REFERRAL
    ordering = ("-pk",)
    raw_id_fields = ("referral",)

    def named(self, found: Any) -> object:
        """Name the referral, so that whoever asks who looked at it finds this too."""
        return found.referral_id


class Providers(Read):
    """The companies behind platforms; no other page makes or renames one."""

    many = one = What.ADMINISTRATION
    list_display = ("name", "slug")
    search_fields = ("name", "slug")

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Allow."""
        return True

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002
        """Allow."""
        return True

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:  # noqa: ARG002
        """Keep the slug: it is what platforms refer to."""
        return ("slug",) if obj else ()


site = Site()
site.register(AccountEvent, AccountEvents)
site.register(DirectoryChange, DirectoryChanges)
site.register(Invitation, Invitations)
site.register(Event, Events)
site.register(Provider, Providers)
