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
        ("referrals", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Evidence",
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
                    "sha256",
                    models.CharField(help_text="Of the file, computed while it was taken.", max_length=64),
                ),
                ("size", models.BigIntegerField(help_text="Bytes.")),
                (
                    "media_type",
                    models.CharField(
                        choices=[
                            ("image/png", "Picture (PNG)"),
                            ("image/jpeg", "Picture (JPEG)"),
                            ("application/pdf", "Document (PDF)"),
                            ("text/plain", "Plain text"),
                            ("application/warc", "Web archive (WARC)"),
                            ("application/gzip", "Web archive (WARC, compressed)"),
                        ],
                        max_length=24,
                    ),
                ),
                (
                    "filename",
                    models.CharField(help_text="As it was given; a fact, never a path.", max_length=255),
                ),
                ("note", models.CharField(blank=True, max_length=500)),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="evidence",
                        to="referrals.referral",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "evidence",
                "ordering": ["at", "id"],
            },
        ),
        migrations.CreateModel(
            name="EvidenceAccess",
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
                    "action",
                    models.CharField(
                        choices=[
                            ("previewed", "Looked at"),
                            ("downloaded", "Downloaded"),
                            ("damaged", "Not shown: the file does not match its digest"),
                        ],
                        max_length=12,
                    ),
                ),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "agency",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directory.agency",
                    ),
                ),
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
                    "evidence",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="accesses",
                        to="evidence.evidence",
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="EvidenceWithdrawal",
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
                ("reason", models.CharField(max_length=500)),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
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
                    "evidence",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="withdrawal",
                        to="evidence.evidence",
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-id"],
            },
        ),
        migrations.AddIndex(
            model_name="evidence",
            index=models.Index(fields=["sha256"], name="evidence_by_digest"),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=models.UniqueConstraint(fields=("referral", "agency", "sha256"), name="evidence_once"),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=models.CheckConstraint(
                condition=models.Q(("sha256__regex", "^[0-9a-f]{64}$")), name="evidence_digest"
            ),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=models.CheckConstraint(condition=models.Q(("size__gt", 0)), name="evidence_size"),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "media_type__in",
                        [
                            "image/png",
                            "image/jpeg",
                            "application/pdf",
                            "text/plain",
                            "application/warc",
                            "application/gzip",
                        ],
                    )
                ),
                name="evidence_type",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="evidence",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="d6495c043a8a61d6fce5bf103a851d9427eb930a",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_5da39",
                    table="evidence_evidence",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="evidenceaccess",
            constraint=models.CheckConstraint(
                condition=models.Q(("action__in", ["previewed", "downloaded", "damaged"])),
                name="evidence_access_action",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="evidenceaccess",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="970ca4e6deae5d8197cb3d6df287729ea8f2dea2",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_4fbea",
                    table="evidence_evidenceaccess",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="evidencewithdrawal",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="evidence_withdrawal_reason"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="evidencewithdrawal",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="418de113a4b77eeb4db54629921efb3a924d470b",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_7b31b",
                    table="evidence_evidencewithdrawal",
                    when="BEFORE",
                ),
            ),
        ),
    ]
