"""The screenshot that a person made when they looked."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0007_evidence"),
        ("verification", "0005_looks_of_an_operation"),
    ]

    operations = [
        migrations.AddField(
            model_name="check",
            name="evidence",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                help_text="The screenshot a person made.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="referrals.evidence",
            ),
        ),
    ]
