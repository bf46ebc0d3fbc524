"""Let the night job delete invitations that nobody accepted."""

from django.db import migrations

ENDS = "CREATE POLICY deleted ON accounts_invitation FOR DELETE USING ((SELECT takedowns_asks_everything()));"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_password_link")]
    operations = [migrations.RunSQL(ENDS, "DROP POLICY deleted ON accounts_invitation")]
