from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0003_changes"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="language",
            field=models.CharField(
                blank=True,
                default="",
                help_text="Of the pages, as chosen; empty: as the browser asks for.",
                max_length=8,
            ),
            preserve_default=False,
        ),
    ]
