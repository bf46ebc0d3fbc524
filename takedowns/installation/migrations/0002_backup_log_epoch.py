import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("installation", "0001_initial"),
    ]

    operations = [
        # Read for each row that is written: a table would cost ten times as much (postgres/sql/takedowns_transaction.sql).
        migrations.RunSQL(
            "CREATE SEQUENCE takedowns_log_epoch MINVALUE 0 START 0", "DROP SEQUENCE takedowns_log_epoch"
        ),
        migrations.CreateModel(
            name="LogEpoch",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("server", models.CharField(max_length=20)),
                ("timeline", models.CharField(max_length=8)),
                ("since", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
    ]
