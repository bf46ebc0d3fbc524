import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
import takedowns.postgres.functions
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Head",
            fields=[
                ("size", models.BigIntegerField(primary_key=True, serialize=False)),
                ("root", models.BinaryField()),
                ("at", models.DateTimeField()),
                ("note", models.TextField(help_text="The signed note, as it was given to witnesses.")),
            ],
        ),
        migrations.CreateModel(
            name="Seal",
            fields=[
                (
                    "first",
                    models.BigIntegerField(
                        help_text="Place of its first entry in the ledger, from 0.",
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("size", models.PositiveIntegerField()),
                ("ids", models.BinaryField(help_text="16 bytes an entry.")),
                (
                    "leaves",
                    models.BinaryField(help_text="32 bytes an entry: SHA-256 as RFC 9162 hashes a leaf."),
                ),
                (
                    "bindings",
                    models.BinaryField(
                        help_text="32 bytes an entry: the salted digest of what is withheld of it, or zeros; empty where nothing is."
                    ),
                ),
                ("block_hash", models.BinaryField(null=True)),
                (
                    "xid",
                    takedowns.postgres.functions.TransactionField(
                        help_text="With last_id: the place in the log after which the next seal begins."
                    ),
                ),
                ("last_id", models.UUIDField()),
                ("sealed_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.CreateModel(
            name="SigningKey",
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
                    "name",
                    models.CharField(
                        help_text="As in a signed note: NAME+HASH+KEY.", max_length=200, unique=True
                    ),
                ),
                ("since", models.DateTimeField()),
                (
                    "statement",
                    models.TextField(blank=True, help_text="Signed by both keys; empty for the first key."),
                ),
            ],
            options={
                "ordering": ["since"],
            },
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("number", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "id",
                    models.GeneratedField(
                        db_persist=True,
                        expression=takedowns.postgres.functions.EntryId(models.F("number")),
                        output_field=models.UUIDField(),
                    ),
                ),
                (
                    "xid",
                    takedowns.postgres.functions.TransactionField(
                        db_default=takedowns.postgres.functions.CurrentTransaction(), editable=False
                    ),
                ),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("what", models.CharField(help_text="The table, or what was done.", max_length=63)),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("found", "Found"),
                            ("added", "Added"),
                            ("changed", "Changed"),
                            ("removed", "Removed"),
                            ("done", "Done"),
                        ],
                        max_length=8,
                    ),
                ),
                ("key", models.CharField(help_text="Of the row: its primary key.", max_length=300)),
                ("person_id", models.UUIDField(null=True)),
                ("agency_id", models.UUIDField(help_text="For which agency the person acted.", null=True)),
                ("origin", models.CharField(max_length=100)),
                ("referral_id", models.UUIDField(null=True)),
                ("item_id", models.UUIDField(null=True)),
                ("was", models.TextField(null=True)),
                ("became", models.TextField(null=True)),
                (
                    "withheld",
                    models.TextField(help_text="Canonical JSON; NULL once it was removed.", null=True),
                ),
            ],
            options={
                "verbose_name_plural": "entries",
                "indexes": [
                    models.Index(fields=["xid", "id"], name="entry_in_log_order"),
                    models.Index(fields=["what", "key", "number"], name="entry_of_row"),
                    models.Index(
                        condition=models.Q(("referral_id__isnull", False)),
                        fields=["referral_id"],
                        name="entry_of_referral",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="entry",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="bd80cdea55986d8dc4a873a0796f1dd071e72f1d",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_af900",
                    table="ledger_entry",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="entry",
            trigger=pgtrigger.compiler.Trigger(
                name="never_emptied",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'The ledger is never emptied.';",
                    hash="078f968c8ad77c2ebadcc497c242cdd7c66f37a8",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_never_emptied_0f489",
                    table="ledger_entry",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="head",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="ff971ae539b3aff22a399fb3ad7aabbf9f04bef8",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_3765a",
                    table="ledger_head",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="head",
            trigger=pgtrigger.compiler.Trigger(
                name="never_emptied",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'The ledger is never emptied.';",
                    hash="829154189af462f806e0773788df6c339d78e1ca",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_never_emptied_9100f",
                    table="ledger_head",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.CreateModel(
            name="Salts",
            fields=[
                (
                    "seal",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="salts",
                        serialize=False,
                        to="ledger.seal",
                    ),
                ),
                ("salts", models.BinaryField()),
            ],
            options={
                "verbose_name_plural": "salts",
            },
        ),
        migrations.AddIndex(
            model_name="seal",
            index=models.Index(fields=["xid", "last_id"], name="seal_in_log_order"),
        ),
        migrations.AddIndex(
            model_name="seal",
            index=models.Index(
                condition=models.Q(("block_hash__isnull", False)), fields=["first"], name="seal_ends_block"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="seal",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="f83a6923d956c167d9f218e4e77841a9a816683d",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_addd1",
                    table="ledger_seal",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="seal",
            trigger=pgtrigger.compiler.Trigger(
                name="never_emptied",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'The ledger is never emptied.';",
                    hash="18704daf473175b76cd4a478eafc98e876d77823",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_never_emptied_0332e",
                    table="ledger_seal",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="signingkey",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="f1a42eebfda0291934094cd6939b1e329b82f542",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_b89fe",
                    table="ledger_signingkey",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="signingkey",
            trigger=pgtrigger.compiler.Trigger(
                name="never_emptied",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'The ledger is never emptied.';",
                    hash="4bd9b52c52534aef758530ea0b2314d6b5c5bf33",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_never_emptied_74822",
                    table="ledger_signingkey",
                    when="BEFORE",
                ),
            ),
        ),
    ]
