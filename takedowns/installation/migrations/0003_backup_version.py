from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("installation", "0002_backup_log_epoch"),
    ]

    operations = [
        migrations.AddField(
            model_name="installation",
            name="version",
            field=models.CharField(blank=True, db_default="", default="", max_length=20),
        ),
    ]
