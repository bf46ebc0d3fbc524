"""What was done to agencies, platforms, hosts and keys, by whom: inserted and read, never changed."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import takedowns.postgres.functions
from django.conf import settings
from django.db import migrations, models

# Services write and read it, after they have checked what the person may do; they ask as the system.
SECURE = """
ALTER TABLE directory_directorychange ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON directory_directorychange FOR SELECT USING ((SELECT takedowns_asks_everything()));
CREATE POLICY added ON directory_directorychange FOR INSERT WITH CHECK ((SELECT takedowns_asks_everything()));
"""
REVERSE = """
DROP POLICY added ON directory_directorychange;
DROP POLICY visible ON directory_directorychange;
"""


class Migration(migrations.Migration):
    dependencies = [("directory", "0002_api_keys"), ("postgres", "0001_functions")]

    operations = [
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
        migrations.RunSQL(SECURE, REVERSE),
    ]
