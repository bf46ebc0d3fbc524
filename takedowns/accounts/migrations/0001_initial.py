import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
import takedowns.postgres.functions
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("directory", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AccountEvent",
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
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("signed_in", "Signed in"),
                            ("sign_in_failed", "Sign-in failed"),
                            ("signed_out", "Signed out"),
                            ("password_changed", "Password changed"),
                            ("password_reset", "Password reset by a link"),
                            ("password_link", "Link for a new password made"),
                            ("factor_added", "Second factor added"),
                            ("factor_removed", "Second factor removed"),
                            ("codes_made", "Recovery codes made"),
                            ("invited", "Invited"),
                            ("invitation_accepted", "Invitation accepted"),
                            ("invitation_revoked", "Invitation revoked"),
                            ("role_given", "Role given"),
                            ("role_taken", "Role taken"),
                            ("switched_off", "Account switched off"),
                            ("switched_on", "Account switched on"),
                            ("factors_cleared", "Second factors cleared by an administrator"),
                        ],
                        max_length=24,
                    ),
                ),
                (
                    "email",
                    models.EmailField(
                        blank=True,
                        help_text="Of the account, as it was then; of a failed sign-in as typed.",
                        max_length=254,
                    ),
                ),
                ("address", models.GenericIPAddressField(blank=True, null=True)),
                ("details", models.JSONField(default=dict)),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="Invitation",
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
                ("email", models.EmailField(max_length=254)),
                ("name", models.CharField(max_length=200)),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("officer", "Officer"),
                            ("reviewer", "Reviewer"),
                            ("coordinator", "Coordinator"),
                            ("auditor", "Auditor"),
                            ("administrator", "Administrator"),
                            ("platform", "Platform contact"),
                        ],
                        max_length=16,
                    ),
                ),
                ("secret_hash", models.CharField(max_length=64, unique=True)),
                ("made_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("accepted_at", models.DateTimeField(blank=True, null=True)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "agency",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directory.agency",
                    ),
                ),
                (
                    "invited_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "platform",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directory.platform",
                    ),
                ),
            ],
            options={
                "ordering": ["-made_at"],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="accountevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="b2fcc0ac097507fbc8f168c4af9b0fbdec311f8f",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_a5014",
                    table="accounts_accountevent",
                    when="BEFORE",
                ),
            ),
        ),
    ]
