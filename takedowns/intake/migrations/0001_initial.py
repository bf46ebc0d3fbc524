import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import takedowns.postgres.functions
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("directory", "0001_initial"),
        ("referrals", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Progress",
            fields=[
                ("submission_id", models.UUIDField(primary_key=True, serialize=False)),
                ("bytes_read", models.PositiveBigIntegerField(default=0)),
                ("rows_read", models.PositiveBigIntegerField(default=0)),
                ("updated_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "hindrance",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("no_space", "There was no space left on the server."),
                            (
                                "no_file",
                                "The file as it was handed in was not where the worker looks for it.",
                            ),
                            ("no_database", "The database did not answer."),
                            ("other", "Something unforeseen went wrong on our side."),
                        ],
                        db_default="",
                        default="",
                        max_length=16,
                    ),
                ),
                ("hindered_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Submission",
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
                    "source",
                    models.CharField(
                        choices=[
                            ("file", "File"),
                            ("paste", "Pasted list"),
                            ("mail", "Pasted e-mail"),
                            ("api", "API call"),
                        ],
                        max_length=8,
                    ),
                ),
                ("filename", models.CharField(blank=True, max_length=255)),
                ("content", models.FileField(max_length=255, upload_to="submissions/%Y/%m/")),
                (
                    "instrument",
                    models.CharField(
                        blank=True,
                        choices=[("referral", "Referral"), ("removal_order", "Removal order")],
                        db_default="",
                        default="",
                        help_text="Under which its referrals are made; empty for the operation's default.",
                        max_length=16,
                    ),
                ),
                ("sha256", models.CharField(max_length=64)),
                ("size", models.PositiveBigIntegerField(help_text="Bytes.")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("previewed", "Not handed in yet"),
                            ("received", "Waiting or being read"),
                            ("loaded", "In"),
                            ("failed", "Not readable"),
                        ],
                        default="received",
                        max_length=16,
                    ),
                ),
                (
                    "received_at",
                    models.DateTimeField(
                        help_text="When it was handed in; of a preview, when it was brought."
                    ),
                ),
                ("loaded_at", models.DateTimeField(blank=True, null=True)),
                (
                    "platform_id",
                    models.CharField(
                        blank=True,
                        db_default="",
                        default="",
                        help_text="Slug of the platform that all bare names of the list (@name) are on, where an officer said so.",
                        max_length=50,
                    ),
                ),
                (
                    "layout",
                    models.JSONField(
                        default=dict, help_text="Format, encoding, delimiter and columns as they were found."
                    ),
                ),
                ("counts", models.JSONField(default=dict, help_text="Rows by outcome.")),
                ("error", models.TextField(blank=True)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                (
                    "withdrawal_reason",
                    models.CharField(blank=True, db_default="", default="", max_length=500),
                ),
                (
                    "withdrawn",
                    models.PositiveIntegerField(
                        db_default=0, default=0, help_text="How many of its referrals were withdrawn with it."
                    ),
                ),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="submissions",
                        to="directory.agency",
                    ),
                ),
                (
                    "operation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="submissions",
                        to="referrals.operation",
                    ),
                ),
                (
                    "submitted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="submissions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "withdrawn_by",
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
                "ordering": ["-received_at"],
            },
        ),
        migrations.CreateModel(
            name="Repair",
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
                    "subject",
                    models.CharField(
                        choices=[
                            ("column", "Column"),
                            ("dates", "Order of dates"),
                            ("hidden", "Hidden rows"),
                            ("sheet", "Sheet"),
                            ("platform", "Platform outside the operation"),
                            ("word", "Word"),
                            ("cell", "Cell"),
                            ("left_out", "Row left out"),
                        ],
                        max_length=16,
                    ),
                ),
                ("about", models.TextField(blank=True, help_text="Which of them; see Subject.")),
                ("found", models.TextField(blank=True, help_text="What stands in the list.")),
                ("becomes", models.TextField(blank=True)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        help_text="None: a program of the agency.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "submission",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="repairs",
                        to="intake.submission",
                    ),
                ),
            ],
            options={
                "ordering": ["at", "id"],
            },
        ),
        migrations.CreateModel(
            name="SubmissionRow",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "submission_id",
                        "place",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "place",
                    models.BigIntegerField(
                        help_text="Sheet, line and part as one number (HandedInRow.place)."
                    ),
                ),
                (
                    "sheet",
                    models.TextField(
                        blank=True,
                        db_default="",
                        default="",
                        help_text="Name of its sheet, where several of a workbook are read.",
                    ),
                ),
                ("line", models.PositiveIntegerField()),
                (
                    "part",
                    models.PositiveIntegerField(
                        db_default=1,
                        default=1,
                        help_text="Which of the addresses of its line this is, from 1.",
                    ),
                ),
                (
                    "parts",
                    models.PositiveIntegerField(
                        db_default=1, default=1, help_text="How many rows the line became."
                    ),
                ),
                ("raw", models.TextField(help_text="The record as it was handed in.")),
                ("url", models.TextField(blank=True, help_text="The spelling of the address in this row.")),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("new", "New"),
                            ("on_hold", "Recorded, on hold"),
                            ("repeated", "Already in this submission"),
                            ("already_referred", "Already referred"),
                            ("unknown_platform", "Unknown platform"),
                            ("left_out", "Left out"),
                            ("invalid", "Not understood"),
                        ],
                        max_length=16,
                    ),
                ),
                ("reason", models.CharField(blank=True, help_text="A stable code.", max_length=32)),
                ("message", models.TextField(blank=True, help_text="A sentence for the officer.")),
                (
                    "problems",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), db_default=[], size=None
                    ),
                ),
                (
                    "notes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(),
                        db_default=[],
                        help_text="How the address was read: identity's notes and wrappers.",
                        size=None,
                    ),
                ),
                (
                    "note",
                    models.TextField(
                        blank=True,
                        db_default="",
                        default="",
                        help_text="What the officer wrote beside the address, or around it.",
                    ),
                ),
                (
                    "moment",
                    models.PositiveIntegerField(
                        help_text="Seconds from the start to which the address as written leads.", null=True
                    ),
                ),
                ("platform_id", models.CharField(blank=True, max_length=50)),
                (
                    "domain",
                    models.CharField(
                        blank=True, help_text="Registrable domain of an unknown host.", max_length=253
                    ),
                ),
                ("item_id", models.UUIDField(null=True)),
                ("referral_id", models.UUIDField(null=True)),
                (
                    "first_line",
                    models.PositiveIntegerField(
                        help_text="Where the same item stands first in this submission.", null=True
                    ),
                ),
                (
                    "first_part",
                    models.PositiveIntegerField(help_text="Which address of that line it is.", null=True),
                ),
                (
                    "first_sheet",
                    models.TextField(
                        blank=True,
                        db_default="",
                        default="",
                        help_text="Of which sheet that line is, where several are read.",
                    ),
                ),
                (
                    "submission",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rows",
                        to="intake.submission",
                    ),
                ),
            ],
            options={
                "ordering": ["submission", "place"],
            },
        ),
        migrations.AddConstraint(
            model_name="submission",
            constraint=models.UniqueConstraint(
                condition=models.Q(models.Q(("state", "failed"), _negated=True), ("withdrawn_at", None)),
                fields=("operation", "agency", "sha256", "instrument"),
                name="same_content_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="repair",
            constraint=models.UniqueConstraint(
                fields=("submission", "subject", "about"), name="repaired_once"
            ),
        ),
        migrations.AddIndex(
            model_name="submissionrow",
            index=models.Index(
                condition=models.Q(("item_id__isnull", False)), fields=["item_id"], name="row_by_item"
            ),
        ),
        migrations.AddIndex(
            model_name="submissionrow",
            index=models.Index(
                condition=models.Q(("outcome", "unknown_platform")), fields=["domain"], name="row_waiting"
            ),
        ),
    ]
