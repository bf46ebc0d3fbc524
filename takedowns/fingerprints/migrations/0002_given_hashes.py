# Hashes given beside addresses.

import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
import takedowns.postgres.functions
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0007_offc_listed_groups"),
        ("fingerprints", "0001_hosts_fingerprints"),
        ("referrals", "0003_off2_drafts"),
    ]

    operations = [
        migrations.CreateModel(
            name="GivenHash",
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
                ("submission_id", models.UUIDField(null=True)),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("md5", models.CharField(blank=True, max_length=32)),
                ("pdq", models.CharField(blank=True, max_length=64)),
                ("quality", models.PositiveSmallIntegerField(null=True)),
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
                        related_name="given_hashes",
                        to="referrals.referral",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "given hashes",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("referral", "agency", "sha256", "md5", "pdq"), name="given_hash_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("sha256__regex", "^([0-9a-f]{64})?$")), name="given_hash_sha256"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("md5__regex", "^([0-9a-f]{32})?$")), name="given_hash_md5"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("pdq__regex", "^([0-9a-f]{64})?$")), name="given_hash_pdq"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("quality__lte", 100)), name="given_hash_quality"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("md5", ""), ("pdq", ""), ("sha256", ""), _negated=True),
                        name="given_hash_any",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="givenhash",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="0b604df1bb46abc7997102f5fc3f411c93dd01c2",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_b8130",
                    table="fingerprints_givenhash",
                    when="BEFORE",
                ),
            ),
        ),
    ]
