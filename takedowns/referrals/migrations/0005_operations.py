"""Operations: how each platform is told, who changed what, links for screens on the wall. And who may see it."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import takedowns.postgres.functions
from django.conf import settings
from django.db import migrations, models

# As the operation; only services write, asking as the system.
VISIBLE = "".join(
    f"""
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON {table} FOR SELECT USING (
    (SELECT takedowns_asks_everything())
    OR operation_id IN (
        SELECT operation_id FROM referrals_operation_agencies
        WHERE agency_id = ANY ((SELECT takedowns_asking_agencies())::uuid[])
    )
);
CREATE POLICY added ON {table} FOR INSERT WITH CHECK ((SELECT takedowns_asks_everything()));
"""
    for table in ("referrals_operationchange", "referrals_walllink")
)
REVOCABLE = """
CREATE POLICY changed ON referrals_walllink FOR UPDATE USING ((SELECT takedowns_asks_everything()));
"""
REVERSE = """
DROP POLICY changed ON referrals_walllink;
DROP POLICY added ON referrals_walllink;
DROP POLICY visible ON referrals_walllink;
DROP POLICY added ON referrals_operationchange;
DROP POLICY visible ON referrals_operationchange;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0003_changes"),
        ("referrals", "0004_removal_orders"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        # The table is there: it becomes a model of its own, with two columns more.
        migrations.SeparateDatabaseAndState(
            state_operations=[
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
                            "operation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, to="referrals.operation"
                            ),
                        ),
                        (
                            "platform",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE, to="directory.platform"
                            ),
                        ),
                    ],
                    options={
                        "db_table": "referrals_operation_platforms",
                        "unique_together": {("operation", "platform")},
                    },
                ),
                migrations.AlterField(
                    model_name="operation",
                    name="platforms",
                    field=models.ManyToManyField(
                        related_name="operations",
                        through="referrals.OperationPlatform",
                        to="directory.platform",
                    ),
                ),
            ]
        ),
        migrations.AddField(
            model_name="operationplatform",
            name="contact",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="Name, phone, mail during this operation.",
                max_length=300,
            ),
        ),
        migrations.AddField(
            model_name="operationplatform",
            name="channel",
            field=models.CharField(
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
            options={"ordering": ["-at", "-id"]},
        ),
        migrations.CreateModel(
            name="WallLink",
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
                ("name", models.CharField(help_text="Which screen it is for.", max_length=100)),
                ("made_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "made_by",
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
                        related_name="wall_links",
                        to="referrals.operation",
                    ),
                ),
                (
                    "revoked_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-made_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("made_at"))),
                        name="wall_link_ends_after_start",
                    )
                ],
            },
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
        migrations.RunSQL(VISIBLE + REVOCABLE, REVERSE),
    ]
