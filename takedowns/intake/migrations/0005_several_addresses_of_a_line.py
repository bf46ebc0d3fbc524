from django.db import migrations, models

# Django changes no composite primary key; the database does.
WIDER = """
ALTER TABLE intake_submissionrow DROP CONSTRAINT intake_submissionrow_pkey;
ALTER TABLE intake_submissionrow ADD PRIMARY KEY (submission_id, line, part);
"""
NARROWER = """
ALTER TABLE intake_submissionrow DROP CONSTRAINT intake_submissionrow_pkey;
ALTER TABLE intake_submissionrow ADD PRIMARY KEY (submission_id, line);
"""


class Migration(migrations.Migration):
    dependencies = [("intake", "0004_instrument_of_a_submission")]

    operations = [
        migrations.AddField(
            model_name="submission",
            name="platform_id",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="Slug of the platform that all bare names of the list (@name) are on, where an officer said so.",
                max_length=50,
            ),
        ),
        migrations.AddField(
            model_name="submissionrow",
            name="part",
            field=models.PositiveIntegerField(
                db_default=1, default=1, help_text="Which of the addresses of its line this is, from 1."
            ),
        ),
        migrations.AddField(
            model_name="submissionrow",
            name="parts",
            field=models.PositiveIntegerField(
                db_default=1, default=1, help_text="How many rows the line became."
            ),
        ),
        migrations.AddField(
            model_name="submissionrow",
            name="note",
            field=models.TextField(
                blank=True,
                db_default="",
                default="",
                help_text="What the officer wrote beside the address, or around it.",
            ),
        ),
        migrations.AddField(
            model_name="submissionrow",
            name="moment",
            field=models.PositiveIntegerField(
                help_text="Seconds from the start to which the address as written leads.", null=True
            ),
        ),
        migrations.AddField(
            model_name="submissionrow",
            name="first_part",
            field=models.PositiveIntegerField(help_text="Which address of that line it is.", null=True),
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(WIDER, NARROWER)],
            state_operations=[
                migrations.AlterField(
                    model_name="submissionrow",
                    name="pk",
                    field=models.CompositePrimaryKey(
                        "submission_id",
                        "line",
                        "part",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
            ],
        ),
        migrations.AlterModelOptions(
            name="submissionrow", options={"ordering": ["submission", "line", "part"]}
        ),
    ]
