"""Which platforms robots ask, and how often."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0001_initial"),
        ("verification", "0002_rechecks"),
    ]

    operations = [
        migrations.CreateModel(
            name="ProbeLane",
            fields=[
                (
                    "platform",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="directory.platform",
                    ),
                ),
                (
                    "seconds",
                    models.PositiveIntegerField(help_text="From one question to the next, at least."),
                ),
                (
                    "next_at",
                    models.DateTimeField(
                        help_text="Not asked before; while a question is under way, the end of its lease."
                    ),
                ),
            ],
        ),
    ]
