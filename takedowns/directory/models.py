"""Who takes part: people, agencies, the companies and services that are asked to act."""

from __future__ import annotations

import uuid
from datetime import tzinfo
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

import pgtrigger
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from takedowns.access.roles import OF_PLATFORMS, Role
from takedowns.postgres.functions import UUID7
from takedowns.postgres.withheld import WithheldCharField

#: Who left and was given a pseudonym has an address that no mail reaches (RFC 2606), and never signs in again.
OF_PSEUDONYMS = "@pseudonym.invalid"


class UserManager(BaseUserManager["User"]):
    """Makes users; an e-mail address is stored in lower case, so that it signs in however it is typed."""

    def create_user(self, email: str, name: str = "", password: str | None = None, **extra: Any) -> User:
        """Create a person. Without a password they cannot sign in with one."""
        user = self.model(email=email.strip().lower(), name=name, **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, name: str = "", password: str | None = None, **extra: Any) -> User:
        """Create a person who may use Django's admin site."""
        return self.create_user(email, name, password, is_staff=True, is_superuser=True, **extra)

    def get_by_natural_key(self, username: str | None) -> User:
        """Return the person with this e-mail address, in any case."""
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in. What they may do follows from their memberships."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    password = WithheldCharField(_("password"), max_length=128)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200, blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    language = models.CharField(
        max_length=8, blank=True, help_text="Of the pages, as chosen; empty: as the browser asks for."
    )

    plain_pictures = models.BooleanField(
        default=False,
        db_default=False,
        help_text="Pictures of evidence are shown at once, neither blurred nor grey.",
    )

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def is_pseudonym(self) -> bool:
        """Whether this is somebody who left, under a pseudonym: the account stays switched off."""
        return self.email.endswith(OF_PSEUDONYMS)

    def get_full_name(self) -> str:
        """Return the name shown to colleagues."""
        return str(self)


class Agency(models.Model):
    """A police unit or competent authority that refers content."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=200)
    country = models.CharField(max_length=2, blank=True, help_text="ISO 3166-1 alpha-2; empty for Europol.")
    zone = models.CharField(
        max_length=64,
        blank=True,
        db_default="",
        default="",
        help_text="Name of the time zone (IANA) in which it writes times; empty for that of the installation.",
    )

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "agencies"

    def __str__(self) -> str:
        return self.name

    @property
    def time_zone(self) -> tzinfo:
        """The zone of times that it writes without one."""
        return ZoneInfo(self.zone) if self.zone else timezone.get_default_timezone()


class Provider(models.Model):
    """The company that runs platforms."""

    slug = models.SlugField(primary_key=True)
    name = models.CharField(max_length=200)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Platform(models.Model):
    """A service where content lives and which is asked to act. Its slug is the one identity rules use."""

    slug = models.SlugField(primary_key=True)
    name = models.CharField(max_length=200)
    provider = models.ForeignKey(
        Provider, on_delete=models.PROTECT, null=True, blank=True, related_name="platforms"
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class PlatformHost(models.Model):
    """A host on which an operator declares self-hosted software to run: a Rocket.Chat, Element, Mastodon, PeerTube."""

    host = models.CharField(max_length=253, primary_key=True, help_text="Lower case, ASCII (punycode).")
    platform = models.ForeignKey(Platform, on_delete=models.PROTECT, related_name="declared_hosts")
    operator = models.CharField(
        max_length=200, blank=True, help_text="Who runs this host and is to be asked."
    )

    class Meta:
        ordering = ["host"]

    def __str__(self) -> str:
        return self.host


class ListedGroup(models.Model):
    """An entity of a sanctions list, as referrals name it: the EU list (Common Position 2001/931/CFSP), the UN list, or another."""

    class List(models.TextChoices):
        """Which list it stands on."""

        EU = "eu", _("EU list")
        UN = "un", _("UN list")
        OTHER = "other", _("Other list")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    list = models.CharField(max_length=8, choices=List.choices)
    code = models.CharField(max_length=40, help_text="As the list numbers it: QDe.004.")
    name = models.CharField(max_length=200, unique=True, help_text="As referrals name it.")
    listed_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True, help_text="Since when it is no longer listed.")

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(name="listed_once", fields=["list", "code"])]

    def __str__(self) -> str:
        return self.name


class ListedGroupName(models.Model):
    """One of the texts by which a listed group is found: its name, its code, its other names. Each leads to one group."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    group = models.ForeignKey(ListedGroup, on_delete=models.CASCADE, related_name="names")
    name = models.CharField(max_length=200)
    words = models.CharField(
        max_length=400, unique=True, help_text="The name as it is compared: without case, accents and signs."
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A person's role at one agency, or for one platform."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="memberships"
    )
    platform = models.ForeignKey(
        Platform, on_delete=models.PROTECT, null=True, blank=True, related_name="memberships"
    )
    role = models.CharField(max_length=16, choices=Role.choices)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="membership_of_agency_or_platform",
                condition=Q(agency__isnull=False, platform__isnull=True) & ~Q(role__in=sorted(OF_PLATFORMS))
                | Q(agency__isnull=True, platform__isnull=False, role__in=sorted(OF_PLATFORMS)),
            ),
            models.UniqueConstraint(
                name="membership_once", fields=["user", "agency", "platform", "role"], nulls_distinct=False
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()} of {self.agency or self.platform}"


class Scope(models.TextChoices):
    """What an API key may do. A key has the scopes it was created with; rotating it keeps them."""

    REFERRALS_READ = "referrals:read", _("Read referrals and their changes")
    DECISIONS_WRITE = "decisions:write", _("Answer referrals")
    SELF_REPORTS_WRITE = "self-reports:write", _("Report the platform's own totals")
    HOLDS_MANAGE = "holds:manage", _("Read, place, change and release the agency's holds")
    EVIDENCE_READ = "evidence:read", _("Read the agency's evidence")
    EVIDENCE_WRITE = "evidence:write", _("Attach evidence")
    STATISTICS_READ = "statistics:read", _("Read figures")
    SUBMISSIONS_READ = "submissions:read", _("Follow submissions and read their reports")
    SUBMISSIONS_WRITE = "submissions:write", _("Submit")
    REFERRALS_WRITE = "referrals:write", _("Act on the agency's referrals: withdraw, correct, answer, look")
    IDENTIFY = "identify", _("Ask what an address names and who has it")
    WEBHOOKS_MANAGE = "webhooks:manage", _("Manage webhooks")
    KEYS_ROTATE = "keys:rotate", _("Replace itself by a new key")


class ApiKey(models.Model):
    """What a platform's or an agency's program signs in with. The secret itself is not stored, see ``keys.py``."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=200, help_text="Whose program it is, so that people know it again.")
    agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="api_keys"
    )
    platform = models.ForeignKey(
        Platform, on_delete=models.PROTECT, null=True, blank=True, related_name="api_keys"
    )
    prefix = models.CharField(max_length=12, unique=True, help_text="The part of the key that may be shown.")
    secret_hash = WithheldCharField(max_length=64, help_text="SHA-256 of the secret, hexadecimal.")
    scopes = ArrayField(models.CharField(max_length=32, choices=Scope.choices))
    addresses = ArrayField(
        models.CharField(max_length=43),
        default=list,
        blank=True,
        help_text="Addresses or networks (CIDR) it may call from; empty for any.",
    )
    certificates = ArrayField(
        models.CharField(max_length=64),
        default=list,
        db_default=[],
        blank=True,
        help_text="SHA-256 fingerprints of client certificates, one of which it must come with; empty for none.",
    )
    requests_per_minute = models.PositiveIntegerField(default=3000)
    test = models.BooleanField(
        default=False,
        db_default=False,
        help_text="Works on the sandbox's invented referrals, never on real ones.",
    )
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    lasts = models.DurationField(
        null=True, blank=True, help_text="How long it was made to last; so long lasts its successor."
    )
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(
        null=True, blank=True, help_text="To the minute: written at most once in one."
    )
    person = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Who is behind what an agency's program hands in, where it names nobody.",
    )
    replaces = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by"
    )

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                name="api_key_of_agency_or_platform",
                condition=Q(agency__isnull=False, platform__isnull=True)
                | Q(agency__isnull=True, platform__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} (tkd_{'test_' if self.test else ''}{self.prefix}_…)"


class DirectoryChange(models.Model):
    """Who did what to an agency, a platform, a host or a key, and when. Inserted and read, never changed."""

    append_only = True

    class Kind(models.TextChoices):
        """What it is about."""

        AGENCY = "agency", _("Agency")
        PLATFORM = "platform", _("Platform")
        HOST = "host", _("Host")
        KEY = "key", _("API key")
        GROUP = "group", _("Listed group")

    class Action(models.TextChoices):
        """What was done."""

        ADDED = "added", _("added")
        CHANGED = "changed", _("changed")
        REMOVED = "removed", _("removed")
        REVOKED = "revoked", _("revoked")

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    action = models.CharField(max_length=16, choices=Action.choices)
    name = models.CharField(max_length=253, help_text="Slug, host or prefix of what was changed.")
    details = models.JSONField(db_default={}, help_text="By field: before and after.")

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["kind", "name"], name="directory_change_of")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.kind} {self.name} {self.action}"
