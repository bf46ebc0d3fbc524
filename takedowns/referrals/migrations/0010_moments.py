import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("referrals", "0009_evidence_withdrawals")]

    operations = [
        migrations.AddField(
            model_name="referral",
            name="moments",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.PositiveIntegerField(),
                blank=True,
                db_default=[],
                default=list,
                help_text="Seconds from the start of a recording to which the addresses that were handed in lead.",
                size=None,
            ),
        ),
    ]
