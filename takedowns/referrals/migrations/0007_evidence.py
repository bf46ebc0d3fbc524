"""Evidence: files that officers attach, and who opened them. And who may see it."""

import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
import takedowns.postgres.functions
from django.conf import settings
from django.db import migrations, models

# An agency sees what it attached; coordinators of the operation see it too. Whoever answers for a platform never does.
# That somebody coordinates is read from the memberships: the transaction names agencies and the person, not roles.
SECURE = """
ALTER TABLE referrals_evidence ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON referrals_evidence FOR SELECT USING (
    (SELECT takedowns_asks_everything())
    OR (SELECT takedowns_asking_platforms()) IS NULL
    AND (
        agency_id = ANY ((SELECT takedowns_asking_agencies())::uuid[])
        OR referral_id IN (
            SELECT referral.id FROM referrals_referral AS referral
            JOIN referrals_operation_agencies AS taking_part ON taking_part.operation_id = referral.operation_id
            JOIN directory_membership AS membership ON membership.agency_id = taking_part.agency_id
            WHERE referral.id = referrals_evidence.referral_id AND membership.role = 'coordinator'
              AND membership.user_id = nullif(current_setting('takedowns.person', true), '')::uuid
        )
    )
);
CREATE POLICY added ON referrals_evidence FOR INSERT WITH CHECK ((SELECT takedowns_asks_everything()));
ALTER TABLE referrals_evidenceaccess ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON referrals_evidenceaccess FOR SELECT USING (
    (SELECT takedowns_asks_everything())
    OR EXISTS (SELECT 1 FROM referrals_evidence AS evidence WHERE evidence.id = evidence_id)
);
CREATE POLICY added ON referrals_evidenceaccess FOR INSERT WITH CHECK ((SELECT takedowns_asks_everything()));
"""
BACK = "".join(
    f"DROP POLICY {policy} ON {table};"
    for table in ("referrals_evidenceaccess", "referrals_evidence")
    for policy in ("added", "visible")
)


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0005_test_keys"),
        ("referrals", "0006_complaints"),
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
                        to="referrals.evidence",
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
                    hash="315472754a330e7ee2d5643bb8607bdb4a81bbdb",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_fa495",
                    table="referrals_evidence",
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
                    hash="444936d3cd0eea999746d07542cf472902a02de2",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_7ae4b",
                    table="referrals_evidenceaccess",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.RunSQL(SECURE, BACK),
    ]
