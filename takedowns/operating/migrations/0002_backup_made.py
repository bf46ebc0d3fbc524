import django.db.models.functions.datetime
import takedowns.postgres.functions
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("operating", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Backup",
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
                ("name", models.CharField(max_length=40)),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("size", models.BigIntegerField()),
                ("files", models.IntegerField()),
                ("entries", models.BigIntegerField()),
                ("is_encrypted", models.BooleanField()),
                ("place", models.CharField(max_length=500)),
            ],
        ),
    ]
