import takedowns.postgres.functions
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0001_initial"),
        ("installation", "0002_backup_log_epoch"),
    ]

    operations = [
        migrations.AlterField(
            model_name="entry",
            name="xid",
            field=takedowns.postgres.functions.TransactionField(
                db_default=takedowns.postgres.functions.LogTransaction(), editable=False
            ),
        ),
    ]
