"""Counts of calls are written once a call and worth nothing after a minute: no write-ahead log for them."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("api", "0001_initial")]
    operations = [
        migrations.RunSQL("ALTER TABLE api_usage SET UNLOGGED", "ALTER TABLE api_usage SET LOGGED"),
    ]
