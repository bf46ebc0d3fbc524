import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import takedowns.postgres.functions
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="Agency",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("slug", models.SlugField(unique=True)),
                ("name", models.CharField(max_length=200)),
                (
                    "country",
                    models.CharField(
                        blank=True, help_text="ISO 3166-1 alpha-2; empty for Europol.", max_length=2
                    ),
                ),
                (
                    "zone",
                    models.CharField(
                        blank=True,
                        db_default="",
                        default="",
                        help_text="Name of the time zone (IANA) in which it writes times; empty for that of the installation.",
                        max_length=64,
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "agencies",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Platform",
            fields=[
                ("slug", models.SlugField(primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=200)),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Provider",
            fields=[
                ("slug", models.SlugField(primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=200)),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("email", models.EmailField(max_length=254, unique=True)),
                ("name", models.CharField(blank=True, max_length=200)),
                ("is_active", models.BooleanField(default=True)),
                ("is_staff", models.BooleanField(default=False)),
                (
                    "language",
                    models.CharField(
                        blank=True,
                        help_text="Of the pages, as chosen; empty: as the browser asks for.",
                        max_length=8,
                    ),
                ),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("officer", "Officer"),
                            ("reviewer", "Reviewer"),
                            ("coordinator", "Coordinator"),
                            ("auditor", "Auditor"),
                            ("administrator", "Administrator"),
                            ("platform", "Platform contact"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "agency",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to="directory.agency",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "platform",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to="directory.platform",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ApiKey",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "name",
                    models.CharField(
                        help_text="Whose program it is, so that people know it again.", max_length=200
                    ),
                ),
                (
                    "prefix",
                    models.CharField(
                        help_text="The part of the key that may be shown.", max_length=12, unique=True
                    ),
                ),
                (
                    "secret_hash",
                    models.CharField(help_text="SHA-256 of the secret, hexadecimal.", max_length=64),
                ),
                (
                    "scopes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("referrals:read", "Read referrals and their changes"),
                                ("decisions:write", "Answer referrals"),
                                ("self-reports:write", "Report the platform's own totals"),
                                ("statistics:read", "Read figures"),
                                ("submissions:read", "Follow submissions and read their reports"),
                                ("submissions:write", "Hand in"),
                                ("identify", "Ask what an address names and who has it"),
                                ("webhooks:manage", "Manage webhooks"),
                                ("keys:rotate", "Replace itself by a new key"),
                            ],
                            max_length=32,
                        ),
                        size=None,
                    ),
                ),
                (
                    "addresses",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=43),
                        blank=True,
                        default=list,
                        help_text="Addresses or networks (CIDR) it may call from; empty for any.",
                        size=None,
                    ),
                ),
                ("requests_per_minute", models.PositiveIntegerField(default=3000)),
                (
                    "test",
                    models.BooleanField(
                        db_default=False,
                        default=False,
                        help_text="Works on the sandbox's invented referrals, never on real ones.",
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField(blank=True, null=True)),
                (
                    "lasts",
                    models.DurationField(
                        blank=True,
                        help_text="How long it was made to last; so long lasts its successor.",
                        null=True,
                    ),
                ),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "last_used_at",
                    models.DateTimeField(
                        blank=True, help_text="To the minute: written at most once in one.", null=True
                    ),
                ),
                (
                    "agency",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="api_keys",
                        to="directory.agency",
                    ),
                ),
                (
                    "replaces",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replaced_by",
                        to="directory.apikey",
                    ),
                ),
                (
                    "platform",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="api_keys",
                        to="directory.platform",
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at"],
            },
        ),
        migrations.CreateModel(
            name="PlatformHost",
            fields=[
                (
                    "host",
                    models.CharField(
                        help_text="Lower case, ASCII (punycode).",
                        max_length=253,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "operator",
                    models.CharField(
                        blank=True, help_text="Who runs this host and is to be asked.", max_length=200
                    ),
                ),
                (
                    "platform",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="declared_hosts",
                        to="directory.platform",
                    ),
                ),
            ],
            options={
                "ordering": ["host"],
            },
        ),
        migrations.AddField(
            model_name="platform",
            name="provider",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="platforms",
                to="directory.provider",
            ),
        ),
        migrations.CreateModel(
            name="DirectoryChange",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=takedowns.postgres.functions.UUID7(),
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("agency", "Agency"),
                            ("platform", "Platform"),
                            ("host", "Host"),
                            ("key", "API key"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("added", "added"),
                            ("changed", "changed"),
                            ("removed", "removed"),
                            ("revoked", "revoked"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "name",
                    models.CharField(help_text="Slug, host or prefix of what was changed.", max_length=253),
                ),
                ("details", models.JSONField(db_default={}, help_text="By field: before and after.")),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-id"],
                "indexes": [models.Index(fields=["kind", "name"], name="directory_change_of")],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="directorychange",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="16a031bff06a4a9873ba7940d49f71b58d4191c2",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_0c5da",
                    table="directory_directorychange",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("agency__isnull", False),
                        ("platform__isnull", True),
                        models.Q(("role", "platform"), _negated=True),
                    ),
                    models.Q(("agency__isnull", True), ("platform__isnull", False), ("role", "platform")),
                    _connector="OR",
                ),
                name="membership_of_agency_or_platform",
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.UniqueConstraint(
                fields=("user", "agency", "platform", "role"), name="membership_once", nulls_distinct=False
            ),
        ),
        migrations.AddConstraint(
            model_name="apikey",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("agency__isnull", False), ("platform__isnull", True)),
                    models.Q(("agency__isnull", True), ("platform__isnull", False)),
                    _connector="OR",
                ),
                name="api_key_of_agency_or_platform",
            ),
        ),
    ]
