from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("intake", "0002_row_level_security")]

    operations = [
        migrations.AddIndex(
            model_name="submissionrow",
            index=models.Index(
                condition=models.Q(("outcome", "unknown_platform")), fields=["domain"], name="row_waiting"
            ),
        )
    ]
