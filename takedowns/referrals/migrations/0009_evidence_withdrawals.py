"""Evidence that was attached by mistake is taken back: who did, why. The evidence itself stays as it is."""

import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
import takedowns.postgres.functions
from django.conf import settings
from django.db import migrations, models

# Seen by whoever sees the evidence, whose own policy the inner SELECT obeys.
SECURE = """
ALTER TABLE referrals_evidencewithdrawal ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON referrals_evidencewithdrawal FOR SELECT USING (
    (SELECT takedowns_asks_everything())
    OR EXISTS (SELECT 1 FROM referrals_evidence AS evidence WHERE evidence.id = evidence_id)
);
CREATE POLICY added ON referrals_evidencewithdrawal FOR INSERT WITH CHECK ((SELECT takedowns_asks_everything()));
"""
BACK = "".join(f"DROP POLICY {policy} ON referrals_evidencewithdrawal;" for policy in ("added", "visible"))


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0005_test_keys"),
        ("referrals", "0008_what_a_co_referrer_asked_for"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
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
                        to="referrals.evidence",
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="evidence_withdrawal_reason"
                    )
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="evidencewithdrawal",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="8485db01d267d575f5b480232c6c51c6bece0f9a",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_378d8",
                    table="referrals_evidencewithdrawal",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.RunSQL(SECURE, BACK),
    ]
