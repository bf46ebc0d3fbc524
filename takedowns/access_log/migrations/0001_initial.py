import django.db.models.functions.datetime
import takedowns.postgres.functions
from django.db import migrations, models


MAKE = """
    CREATE SCHEMA access_log;
    CREATE TABLE access_log_look (
        id uuid NOT NULL DEFAULT takedowns_uuid7(),
        at timestamptz NOT NULL DEFAULT statement_timestamp(),
        person_id uuid, key_id uuid, agency_id uuid,
        roles varchar(100) NOT NULL, origin varchar(100) NOT NULL, view varchar(100) NOT NULL, what varchar(20) NOT NULL,
        operation varchar(50) NOT NULL, subject varchar(64) NOT NULL, referral_id uuid,
        count integer NOT NULL CHECK (count >= 0), digest bytea, asked bytea,
        is_file boolean NOT NULL, entry bigint,
        PRIMARY KEY (at, id)
    ) PARTITION BY RANGE (at);
    CREATE INDEX look_by_person ON access_log_look (person_id, at);
    CREATE INDEX look_at_referral ON access_log_look (referral_id, at) WHERE referral_id IS NOT NULL;
    CREATE INDEX look_for_words ON access_log_look (asked) WHERE asked IS NOT NULL;
    CREATE INDEX look_of_file ON access_log_look (at) WHERE is_file;
    CREATE TABLE access_log.rest PARTITION OF access_log_look DEFAULT;
"""
# The months are made by takedowns_prepare_access_log(), which is there after all migrations.
DROP = "DROP TABLE access_log_look; DROP SCHEMA access_log"


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        # Django makes no partitioned tables: the statements make it, and the state says what Django knows of it.
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(MAKE, DROP)],
            state_operations=[
                migrations.CreateModel(
                    name="Look",
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
                            "at",
                            models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                        ),
                        ("person_id", models.UUIDField(null=True)),
                        (
                            "key_id",
                            models.UUIDField(help_text="The API key, where it was a program.", null=True),
                        ),
                        (
                            "agency_id",
                            models.UUIDField(
                                help_text="For which agency, where the person has one.", null=True
                            ),
                        ),
                        (
                            "roles",
                            models.CharField(help_text="That they had then, with commas.", max_length=100),
                        ),
                        (
                            "origin",
                            models.CharField(help_text="As access/origin.py says it.", max_length=100),
                        ),
                        ("view", models.CharField(help_text="Name of the page or call.", max_length=100)),
                        ("what", models.CharField(help_text="One of vocabulary.What.", max_length=20)),
                        (
                            "operation",
                            models.CharField(
                                blank=True, help_text="Its reference, where it is of one.", max_length=50
                            ),
                        ),
                        (
                            "subject",
                            models.CharField(
                                blank=True, help_text="Of one thing: its id or name.", max_length=64
                            ),
                        ),
                        (
                            "referral_id",
                            models.UUIDField(help_text="Where it is of one referral.", null=True),
                        ),
                        ("count", models.PositiveIntegerField(default=0, help_text="How many things.")),
                        (
                            "digest",
                            models.BinaryField(
                                help_text="Of many: SHA-256 of their ids (recording.digest_of).", null=True
                            ),
                        ),
                        (
                            "asked",
                            models.BinaryField(
                                help_text="Of a search: recording.keyed() of its words.", null=True
                            ),
                        ),
                        (
                            "is_file",
                            models.BooleanField(
                                default=False, help_text="Whether it was taken away as a file."
                            ),
                        ),
                        (
                            "entry",
                            models.BigIntegerField(
                                help_text="Number of the ledger's entry of the file.", null=True
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["person_id", "at"], name="look_by_person"),
                            models.Index(
                                condition=models.Q(("referral_id__isnull", False)),
                                fields=["referral_id", "at"],
                                name="look_at_referral",
                            ),
                            models.Index(
                                condition=models.Q(("asked__isnull", False)),
                                fields=["asked"],
                                name="look_for_words",
                            ),
                            models.Index(
                                condition=models.Q(("is_file", True)), fields=["at"], name="look_of_file"
                            ),
                        ],
                    },
                ),
            ],
        ),
    ]
