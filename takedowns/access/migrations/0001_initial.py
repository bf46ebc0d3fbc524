from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="ContextKey",
            fields=[
                (
                    "id",
                    models.CharField(
                        help_text="The beginning of its SHA-256.",
                        max_length=16,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("inner_pad", models.BinaryField()),
                ("outer_pad", models.BinaryField()),
            ],
        ),
    ]
