"""Endpoints of agencies. Their tables are short, so that no lock lasts."""

import django.db.models.deletion
from django.db import migrations, models

#: What an installation without endpoints of agencies cannot hold. Checks that wait for the end are made before columns change.
_TAKE_BACK = """
    DELETE FROM webhooks_try USING webhooks_delivery, webhooks_endpoint
    WHERE webhooks_try.delivery_id = webhooks_delivery.id AND webhooks_delivery.endpoint_id = webhooks_endpoint.id
      AND webhooks_endpoint.agency_id IS NOT NULL;
    DELETE FROM webhooks_delivery USING webhooks_endpoint
    WHERE webhooks_delivery.endpoint_id = webhooks_endpoint.id AND webhooks_endpoint.agency_id IS NOT NULL;
    DELETE FROM webhooks_endpoint WHERE agency_id IS NOT NULL;
    DELETE FROM webhooks_tolddue WHERE agency_id IS NOT NULL;
    SET CONSTRAINTS ALL IMMEDIATE;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0001_initial"),
        ("webhooks", "0001_initial"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="tolddue", name="told_due_once"),
        migrations.AddField(
            model_name="endpoint",
            name="agency",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="webhook_endpoints",
                to="directory.agency",
            ),
        ),
        migrations.AddField(
            model_name="tolddue",
            name="agency",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                help_text="That was told; empty where it was the platform.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="directory.agency",
            ),
        ),
        migrations.AlterField(
            model_name="endpoint",
            name="platform",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="webhook_endpoints",
                to="directory.platform",
            ),
        ),
        migrations.AddConstraint(
            model_name="endpoint",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("agency__isnull", False), ("platform__isnull", True)),
                    models.Q(("agency__isnull", True), ("platform__isnull", False)),
                    _connector="OR",
                ),
                name="endpoint_of_agency_or_platform",
            ),
        ),
        migrations.AddConstraint(
            model_name="tolddue",
            constraint=models.UniqueConstraint(
                fields=("referral_id", "due_at", "agency"), name="told_due_once_each", nulls_distinct=False
            ),
        ),
        migrations.RunSQL(migrations.RunSQL.noop, _TAKE_BACK),
    ]
