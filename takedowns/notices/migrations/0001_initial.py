import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
import takedowns.postgres.functions
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("directory", "0001_initial"),
        ("holds", "0001_initial"),
        ("referrals", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Message",
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
                ("text", models.CharField(max_length=500)),
                ("at", models.DateTimeField()),
                ("ends_at", models.DateTimeField(help_text="Empty: until somebody ends it.", null=True)),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
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
                        related_name="+",
                        to="referrals.operation",
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="Attention",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "scope",
                    models.CharField(
                        choices=[("mine", "What I handed in"), ("agency", "What my agency handed in")],
                        db_default="mine",
                        default="mine",
                        max_length=8,
                    ),
                ),
                (
                    "seen",
                    models.BigIntegerField(
                        db_default=0, default=0, help_text="The number of the last notice read."
                    ),
                ),
                ("seen_at", models.DateTimeField(null=True)),
                (
                    "mail",
                    models.CharField(
                        choices=[("never", "Never"), ("hourly", "Each hour"), ("daily", "Each morning")],
                        db_default="never",
                        default="never",
                        max_length=8,
                    ),
                ),
                (
                    "mailed",
                    models.BigIntegerField(
                        db_default=0, default=0, help_text="The number of the last notice counted in a mail."
                    ),
                ),
                (
                    "mailed_at",
                    models.DateTimeField(
                        help_text="When the last mail went, or was first wanted.", null=True
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("mail", "never"), _negated=True),
                        fields=["mail"],
                        name="attention_by_mail",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="MessageSeen",
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
                    "how",
                    models.CharField(choices=[("read", "Read"), ("mailed", "Told by mail")], max_length=8),
                ),
                ("at", models.DateTimeField()),
                (
                    "message",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="notices.message",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("number", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "what",
                    models.CharField(
                        choices=[
                            ("question", "Question of the platform"),
                            ("online", "Seen online after removal"),
                            ("complaint", "Complaint"),
                            ("impediment", "Cannot comply"),
                            ("reinstated", "Reinstated"),
                            ("corrected", "Answer corrected"),
                            ("declined", "Declined"),
                            ("rejected", "Rejected in review"),
                            ("withdrawn", "Withdrawn by somebody else"),
                            ("complaint_decided", "Complaint decided"),
                            ("hold_ended", "Hold ended"),
                            ("restricted", "Restricted"),
                            ("unavailable", "Already unavailable"),
                            ("removed", "Removed"),
                        ],
                        max_length=20,
                    ),
                ),
                ("at", models.DateTimeField(help_text="When it happened.")),
                ("told_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("actor_id", models.UUIDField(help_text="Who did it; they need not be told.", null=True)),
                ("event_id", models.UUIDField(null=True)),
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
                    "hold",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="holds.hold",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        db_index=False,
                        help_text="Where the agency joined a referral that it may not see: of that nothing else is kept.",
                        null=True,
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
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        help_text="Who handed it in, or placed the hold; empty for a program.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "platform",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directory.platform",
                    ),
                ),
                (
                    "referral",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="referrals.referral",
                    ),
                ),
            ],
            options={
                "ordering": ["-number"],
            },
        ),
        migrations.CreateModel(
            name="NoticeCursor",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("xid", takedowns.postgres.functions.TransactionField()),
                ("event_id", models.UUIDField()),
                ("moved_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("id", 1)), name="notice_cursor_is_one")
                ],
            },
        ),
        migrations.CreateModel(
            name="MessageEnd",
            fields=[
                (
                    "message",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="ended",
                        serialize=False,
                        to="notices.message",
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "by",
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
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_at", None), ("ends_at__gt", models.F("at")), _connector="OR"),
                name="message_ends_after_start",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="message",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="4bff7a4b143c9283d95a593e69a5f374c0ea1392",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_eb280",
                    table="notices_message",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="messageseen",
            constraint=models.UniqueConstraint(fields=("message", "user", "how"), name="message_seen_once"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="messageseen",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="5b7dab50cfd177dd8130780aaa8920bce3d872e5",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_941b0",
                    table="notices_messageseen",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(fields=["agency", "number"], include=("actor_id",), name="notice_of_agency"),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(fields=["person", "number"], include=("actor_id",), name="notice_of_person"),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(fields=["told_at"], name="notice_told_at"),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("event_id__isnull", False),
                        ("hold", None),
                        ("item", None),
                        ("referral__isnull", False),
                    ),
                    models.Q(("event_id", None), ("hold__isnull", False), ("item", None), ("referral", None)),
                    models.Q(
                        ("actor_id", None),
                        ("event_id", None),
                        ("hold", None),
                        ("item__isnull", False),
                        ("operation", None),
                        ("referral", None),
                    ),
                    _connector="OR",
                ),
                name="notice_of_referral_hold_or_item",
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.UniqueConstraint(
                condition=models.Q(("hold__isnull", False)), fields=("hold",), name="notice_of_hold_once"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="messageend",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="08de140e486e75643c41dc9ec17ea493323a76b5",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_6ea7a",
                    table="notices_messageend",
                    when="BEFORE",
                ),
            ),
        ),
    ]
