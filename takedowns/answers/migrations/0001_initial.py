import django.contrib.postgres.fields
import django.db.models.deletion
import takedowns.postgres.functions
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("referrals", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Batch",
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
                ("at", models.DateTimeField(help_text="When it was brought; once recorded, when that was.")),
                (
                    "state",
                    models.CharField(
                        choices=[("previewed", "Not recorded yet"), ("recorded", "Recorded")],
                        default="previewed",
                        max_length=16,
                    ),
                ),
                (
                    "given",
                    models.JSONField(
                        default=dict, help_text="The answer where a row says none: field to value."
                    ),
                ),
                (
                    "selected",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.UUIDField(),
                        default=list,
                        help_text="Referrals that were ticked.",
                        size=None,
                    ),
                ),
                ("pasted", models.TextField(blank=True)),
                ("filename", models.CharField(blank=True, max_length=255)),
                ("content", models.BinaryField(help_text="The file, byte for byte.", null=True)),
                ("sha256", models.CharField(blank=True, help_text="Of the file.", max_length=64)),
                (
                    "columns",
                    models.JSONField(
                        default=dict, help_text="Header as written to field, where a person said so."
                    ),
                ),
                (
                    "words",
                    models.JSONField(default=dict, help_text="Word to its meaning, where a person said so."),
                ),
                (
                    "dates",
                    models.CharField(
                        blank=True,
                        help_text="Which of day and month stands first, where a person said so.",
                        max_length=5,
                    ),
                ),
                (
                    "corrects",
                    models.CharField(
                        blank=True,
                        help_text="Why answers that were recorded otherwise are corrected; empty: they are not.",
                        max_length=500,
                    ),
                ),
                ("counts", models.JSONField(default=dict, help_text="Rows by outcome.")),
                ("taken_back_at", models.DateTimeField(null=True)),
                (
                    "taken_back",
                    models.PositiveIntegerField(default=0, help_text="Answers that were taken back."),
                ),
                ("taken_back_reason", models.CharField(blank=True, max_length=500)),
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
                    "operation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="referrals.operation",
                    ),
                ),
                (
                    "taken_back_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "batches",
                "ordering": ["-at"],
            },
        ),
        migrations.CreateModel(
            name="BatchRow",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "batch_id", "number", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.PositiveIntegerField(help_text="Its place in the batch, from 1.")),
                ("line", models.PositiveIntegerField(help_text="Its line where it came from, from 1.")),
                ("name", models.TextField(blank=True, help_text="As it names its referral.")),
                ("outcome", models.CharField(max_length=16)),
                ("problem", models.CharField(blank=True, help_text="A stable code.", max_length=32)),
                ("params", models.JSONField(default=dict, help_text="What the code is about.")),
                ("referral_id", models.UUIDField(null=True)),
                ("answer", models.CharField(blank=True, max_length=32)),
                ("action", models.CharField(blank=True, max_length=40)),
                ("decline_reason", models.CharField(blank=True, max_length=32)),
                (
                    "batch",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rows",
                        to="answers.batch",
                    ),
                ),
            ],
            options={
                "ordering": ["batch", "number"],
                "indexes": [models.Index(fields=["batch", "outcome", "number"], name="batch_row_by_outcome")],
            },
        ),
    ]
