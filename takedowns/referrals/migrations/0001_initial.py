import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.datetime
import django.db.models.functions.text
import pgtrigger.compiler
import pgtrigger.migrations
import takedowns.postgres.functions
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("directory", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Outlet",
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
                ("name", models.CharField(max_length=200, unique=True)),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Item",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        help_text="A property an officer may correct, not part of the identity.",
                        max_length=24,
                    ),
                ),
                (
                    "key",
                    models.TextField(help_text="What makes two URLs the same item, within the platform."),
                ),
                ("url", models.TextField(help_text="The canonical address.")),
                (
                    "availability",
                    models.CharField(
                        choices=[
                            ("unknown", "Not known"),
                            ("online", "Seen online"),
                            ("offline", "Seen gone"),
                        ],
                        db_default="unknown",
                        max_length=8,
                    ),
                ),
                ("checked_at", models.DateTimeField(blank=True, null=True)),
                ("first_seen_at", models.DateTimeField(help_text="When it was first handed in.")),
                (
                    "platform",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directory.platform",
                    ),
                ),
                (
                    "outlet",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="items",
                        to="referrals.outlet",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Operation",
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
                (
                    "reference",
                    models.CharField(
                        help_text="Short, as read out on the phone: RAD19.",
                        max_length=16,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Z0-9]+(-[A-Z0-9]+)*$", "Capital letters, digits and single hyphens."
                            )
                        ],
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("scope", models.TextField(blank=True)),
                ("starts", models.DateField()),
                (
                    "ends",
                    models.DateField(blank=True, help_text="Empty for a standing stream of work.", null=True),
                ),
                (
                    "default_instrument",
                    models.CharField(
                        choices=[("referral", "Referral"), ("removal_order", "Removal order")],
                        default="referral",
                        max_length=16,
                    ),
                ),
                (
                    "default_ground",
                    models.CharField(
                        blank=True, help_text="Legal ground of a referral that names none.", max_length=200
                    ),
                ),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("agencies", models.ManyToManyField(related_name="operations", to="directory.agency")),
            ],
            options={
                "ordering": ["-starts", "reference"],
            },
        ),
        migrations.CreateModel(
            name="Cell",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=24)),
                ("instrument", models.CharField(max_length=16)),
                ("tier", models.PositiveSmallIntegerField()),
                ("status", models.CharField(max_length=24)),
                ("availability", models.CharField(max_length=8)),
                (
                    "agency",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directory.agency",
                    ),
                ),
                (
                    "platform",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directory.platform",
                    ),
                ),
                (
                    "operation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="referrals.operation",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="OperationChange",
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
                            ("prepared", "Prepared"),
                            ("changed", "Changed"),
                            ("closed", "Closed"),
                            ("reopened", "Reopened"),
                            ("wall_link_made", "Wall link made"),
                            ("wall_link_revoked", "Wall link revoked"),
                        ],
                        max_length=24,
                    ),
                ),
                (
                    "details",
                    models.JSONField(
                        db_default={}, help_text="By field: before and after. Counts at closing."
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "operation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="changes",
                        to="referrals.operation",
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="OperationPlatform",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "contact",
                    models.CharField(
                        blank=True,
                        db_default="",
                        default="",
                        help_text="Name, phone, mail during this operation.",
                        max_length=300,
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "API where it has a key, otherwise a file"),
                            ("file", "Always a hand-off file"),
                        ],
                        db_default="",
                        default="",
                        max_length=8,
                    ),
                ),
                (
                    "operation",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="referrals.operation"),
                ),
                (
                    "platform",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="directory.platform"),
                ),
            ],
            options={
                "db_table": "referrals_operation_platforms",
            },
        ),
        migrations.AddField(
            model_name="operation",
            name="platforms",
            field=models.ManyToManyField(
                related_name="operations", through="referrals.OperationPlatform", to="directory.platform"
            ),
        ),
        migrations.CreateModel(
            name="Referral",
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
                ("submission_id", models.UUIDField(blank=True, null=True)),
                (
                    "instrument",
                    models.CharField(
                        choices=[("referral", "Referral"), ("removal_order", "Removal order")], max_length=16
                    ),
                ),
                (
                    "tier",
                    models.PositiveSmallIntegerField(
                        help_text="1 (threat to life) to 5 (other); 9 where nobody gave one."
                    ),
                ),
                ("language", models.CharField(blank=True, help_text="ISO 639-1.", max_length=8)),
                ("listed_group", models.CharField(blank=True, max_length=200)),
                ("ground", models.CharField(blank=True, max_length=200)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("submitted", "Submitted"),
                            ("approved", "Approved"),
                            ("rejected", "Rejected in review"),
                            ("referred", "Referred"),
                            ("acknowledged", "Acknowledged"),
                            ("information_requested", "Information requested"),
                            ("removed", "Removed"),
                            ("restricted", "Restricted"),
                            ("declined", "Declined"),
                            ("unavailable", "Already unavailable"),
                            ("withdrawn", "Withdrawn"),
                            ("reinstated", "Reinstated"),
                        ],
                        max_length=24,
                    ),
                ),
                (
                    "availability",
                    models.CharField(
                        choices=[
                            ("unknown", "Not known"),
                            ("online", "Seen online"),
                            ("offline", "Seen gone"),
                        ],
                        db_default="unknown",
                        help_text="What was last seen of the item while this was its latest referral.",
                        max_length=8,
                    ),
                ),
                (
                    "availability_since",
                    models.DateTimeField(
                        blank=True,
                        help_text="When that was first seen, of the looks that saw the same.",
                        null=True,
                    ),
                ),
                (
                    "action",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("visibility_removed", "Content removed"),
                            ("visibility_disabled", "Access disabled"),
                            ("visibility_demoted", "Demoted"),
                            ("visibility_age_restricted", "Age-restricted"),
                            ("visibility_interaction_restricted", "Interaction restricted"),
                            ("visibility_labelled", "Labelled"),
                            ("account_suspended", "Account suspended"),
                            ("account_terminated", "Account terminated"),
                            ("geo_blocked", "Blocked in some countries"),
                        ],
                        max_length=40,
                    ),
                ),
                (
                    "decision_ground",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("illegal_content", "Illegal content"),
                            ("incompatible_content", "Incompatible with its terms"),
                        ],
                        max_length=24,
                    ),
                ),
                (
                    "decline_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("not_in_breach", "Not in breach of its terms"),
                            ("journalistic", "Journalistic, research, artistic or educational"),
                            ("insufficient_information", "Not enough information"),
                            ("not_found", "Not found at this address"),
                            ("not_responsible", "Not hosted by this platform"),
                            ("other", "Other"),
                        ],
                        max_length=32,
                    ),
                ),
                ("submitted_at", models.DateTimeField()),
                ("approved_at", models.DateTimeField(blank=True, null=True)),
                (
                    "returned_at",
                    models.DateTimeField(
                        blank=True, help_text="Since when it is sent back to whoever submitted it.", null=True
                    ),
                ),
                ("referred_at", models.DateTimeField(blank=True, null=True)),
                ("acknowledged_at", models.DateTimeField(blank=True, null=True)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("due_at", models.DateTimeField(blank=True, null=True)),
                (
                    "round",
                    models.PositiveSmallIntegerField(
                        default=1, help_text="Counts the item's referrals: 2 when it came back."
                    ),
                ),
                (
                    "moments",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveIntegerField(),
                        blank=True,
                        db_default=[],
                        default=list,
                        help_text="Seconds from the start of a recording to which the addresses that were handed in lead.",
                        size=None,
                    ),
                ),
                (
                    "agency",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="referrals",
                        to="directory.agency",
                    ),
                ),
                (
                    "cell",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="referrals.cell",
                    ),
                ),
                (
                    "changed_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        help_text="Who changed it after it was approved, so that it is reviewed again: by somebody else.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="referrals",
                        to="referrals.item",
                    ),
                ),
                (
                    "operation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="referrals",
                        to="referrals.operation",
                    ),
                ),
                (
                    "platform",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="referrals",
                        to="directory.platform",
                    ),
                ),
                (
                    "previous",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="next",
                        to="referrals.referral",
                    ),
                ),
                (
                    "submitted_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Event",
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
                    "recorded_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False
                    ),
                ),
                (
                    "xid",
                    takedowns.postgres.functions.TransactionField(
                        db_default=takedowns.postgres.functions.CurrentTransaction(), editable=False
                    ),
                ),
                ("kind", models.CharField(max_length=32)),
                ("details", models.JSONField(db_default={})),
                (
                    "origin",
                    models.CharField(
                        db_default=takedowns.postgres.functions.CurrentOrigin(),
                        editable=False,
                        help_text="Where it came from: page, key, command.",
                        max_length=100,
                    ),
                ),
                (
                    "actor",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "agency",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directory.agency",
                    ),
                ),
                (
                    "from_cell",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="referrals.cell",
                    ),
                ),
                (
                    "to_cell",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="referrals.cell",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="referrals.item",
                    ),
                ),
                (
                    "referral",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="referrals.referral",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CoReferral",
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
                ("submission_id", models.UUIDField(blank=True, null=True)),
                (
                    "instrument",
                    models.CharField(
                        choices=[("referral", "Referral"), ("removal_order", "Removal order")],
                        max_length=16,
                        null=True,
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "withdrawn_at",
                    models.DateTimeField(
                        blank=True, help_text="Since when it no longer asks for it.", null=True
                    ),
                ),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="directory.agency"
                    ),
                ),
                (
                    "submitted_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="referrals.item",
                    ),
                ),
                (
                    "operation",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="referrals.operation",
                    ),
                ),
                (
                    "referral",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="co_referrals",
                        to="referrals.referral",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="cell",
            constraint=models.UniqueConstraint(
                fields=(
                    "operation",
                    "platform",
                    "kind",
                    "agency",
                    "instrument",
                    "tier",
                    "status",
                    "availability",
                ),
                name="cell_once",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="operationchange",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="bb4d40987c177ad778ab05db578a9634d1d3f41a",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_a40d6",
                    table="referrals_operationchange",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AlterUniqueTogether(
            name="operationplatform",
            unique_together={("operation", "platform")},
        ),
        migrations.AddConstraint(
            model_name="operation",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends__gte", models.F("starts")), ("ends", None), _connector="OR"),
                name="operation_ends_after_start",
            ),
        ),
        migrations.AddConstraint(
            model_name="item",
            constraint=models.CheckConstraint(
                condition=models.Q(("availability__in", ["unknown", "online", "offline"])),
                name="item_availability",
            ),
        ),
        migrations.AddIndex(
            model_name="referral",
            index=models.Index(
                models.F("operation"),
                models.OrderBy(models.F("id"), descending=True),
                name="referral_by_operation",
            ),
        ),
        migrations.AddIndex(
            model_name="referral",
            index=models.Index(
                models.F("cell"), models.OrderBy(models.F("id"), descending=True), name="referral_by_cell"
            ),
        ),
        migrations.AddIndex(
            model_name="referral",
            index=models.Index(
                django.db.models.functions.text.Right(
                    django.db.models.functions.comparison.Cast("id", models.TextField()), 10
                ),
                name="referral_by_reference",
            ),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    (
                        "status__in",
                        ("submitted", "approved", "referred", "acknowledged", "information_requested"),
                    )
                ),
                fields=("item",),
                name="one_open_referral_per_item",
            ),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.UniqueConstraint(
                fields=("item", "round"), name="one_referral_per_item_and_round"
            ),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "status__in",
                        [
                            "submitted",
                            "approved",
                            "rejected",
                            "referred",
                            "acknowledged",
                            "information_requested",
                            "removed",
                            "restricted",
                            "declined",
                            "unavailable",
                            "withdrawn",
                            "reinstated",
                        ],
                    )
                ),
                name="referral_status",
            ),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.CheckConstraint(
                condition=models.Q(("availability__in", ["unknown", "online", "offline"])),
                name="referral_availability",
            ),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.CheckConstraint(
                condition=models.Q(("instrument__in", ["referral", "removal_order"])),
                name="referral_instrument",
            ),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.CheckConstraint(
                condition=models.Q(("tier__in", [1, 2, 3, 4, 5, 9])), name="referral_tier"
            ),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("previous", None), ("round", 1)),
                    models.Q(("previous__isnull", False), ("round__gt", 1)),
                    _connector="OR",
                ),
                name="referral_rounds_follow",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="referral",
            trigger=pgtrigger.compiler.Trigger(
                name="lifecycle_guard",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.status IS DISTINCT FROM NEW.status AND (OLD.status, NEW.status) NOT IN (('submitted', 'approved'), ('submitted', 'rejected'), ('approved', 'submitted'), ('rejected', 'submitted'), ('approved', 'referred'), ('referred', 'acknowledged'), ('referred', 'information_requested'), ('acknowledged', 'information_requested'), ('information_requested', 'acknowledged'), ('referred', 'removed'), ('acknowledged', 'removed'), ('information_requested', 'removed'), ('declined', 'removed'), ('restricted', 'removed'), ('referred', 'restricted'), ('acknowledged', 'restricted'), ('information_requested', 'restricted'), ('declined', 'restricted'), ('referred', 'declined'), ('acknowledged', 'declined'), ('information_requested', 'declined'), ('referred', 'unavailable'), ('acknowledged', 'unavailable'), ('information_requested', 'unavailable'), ('submitted', 'withdrawn'), ('approved', 'withdrawn'), ('referred', 'withdrawn'), ('acknowledged', 'withdrawn'), ('information_requested', 'withdrawn'), ('removed', 'reinstated'), ('restricted', 'reinstated'), ('removed', 'restricted'), ('removed', 'declined'), ('removed', 'unavailable'), ('removed', 'referred'), ('removed', 'acknowledged'), ('removed', 'information_requested'), ('restricted', 'declined'), ('restricted', 'unavailable'), ('restricted', 'referred'), ('restricted', 'acknowledged'), ('restricted', 'information_requested'), ('declined', 'unavailable'), ('declined', 'referred'), ('declined', 'acknowledged'), ('declined', 'information_requested'), ('unavailable', 'removed'), ('unavailable', 'restricted'), ('unavailable', 'declined'), ('unavailable', 'referred'), ('unavailable', 'acknowledged'), ('unavailable', 'information_requested'), ('reinstated', 'removed'), ('reinstated', 'restricted'), ('reinstated', 'declined'), ('reinstated', 'unavailable'), ('reinstated', 'referred'), ('reinstated', 'acknowledged'), ('reinstated', 'information_requested')))",
                    func="RAISE EXCEPTION 'A referral that is % cannot become %.', OLD.status, NEW.status USING ERRCODE = 'check_violation';",
                    hash="ac8a3d9454265126ca6454d2e1be1a2caaf4804b",
                    operation='UPDATE OF "status"',
                    pgid="pgtrigger_lifecycle_guard_98bd9",
                    table="referrals_referral",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(fields=["xid", "id"], name="event_in_log_order"),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                condition=models.Q(("kind", "correct_answer")),
                fields=["referral", "id"],
                name="event_correction",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="event",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="18c93cf8848d5e6f4c8a29145122735f2e35ef66",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_2f683",
                    table="referrals_event",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="event",
            trigger=pgtrigger.compiler.Trigger(
                name="never_emptied",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'Events are never deleted.';",
                    hash="d865a2be6bc78d383b65ec6f2368fc3986af617c",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_never_emptied_f189c",
                    table="referrals_event",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="coreferral",
            constraint=models.UniqueConstraint(fields=("referral", "agency"), name="co_referral_once"),
        ),
    ]
