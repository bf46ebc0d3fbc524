import takedowns.postgres.functions
from django.db import migrations
from django.db.migrations.exceptions import IrreversibleError


def refuse_behind_the_first_epoch(_apps, schema_editor):
    """Going back, places in the log would begin before those that are there, and readers would miss what is new."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(pg_sequence_last_value('takedowns_log_epoch'::regclass), 0)")
        if cursor.fetchone()[0]:
            raise IrreversibleError(
                "The data have come from another server, and the log is in a later epoch: earlier versions cannot go on with it."
            )


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0001_initial"),
        ("installation", "0002_backup_log_epoch"),
    ]

    operations = [
        migrations.RunPython(migrations.RunPython.noop, refuse_behind_the_first_epoch),
        migrations.AlterField(
            model_name="event",
            name="xid",
            field=takedowns.postgres.functions.TransactionField(
                db_default=takedowns.postgres.functions.LogTransaction(), editable=False
            ),
        ),
    ]
