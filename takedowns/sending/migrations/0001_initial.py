import django.db.models.deletion
import takedowns.postgres.functions
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("directory", "0001_initial"),
        ("referrals", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Dispatch",
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
                ("at", models.DateTimeField(help_text="The moment its referrals have as theirs.")),
                ("referred", models.JSONField(help_text="How many were referred, by platform slug.")),
                (
                    "refused",
                    models.JSONField(help_text="What was not referred: referral id, platform slug, code."),
                ),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "operation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dispatches",
                        to="referrals.operation",
                    ),
                ),
                (
                    "platform",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty for all.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directory.platform",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "dispatches",
            },
        ),
        migrations.CreateModel(
            name="HandOff",
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
                ("made_at", models.DateTimeField()),
                ("rows", models.PositiveIntegerField(help_text="How many referrals it names.")),
                ("sha256", models.CharField(help_text="Of the content, hexadecimal.", max_length=64)),
                ("content", models.BinaryField()),
                ("bundle", models.BinaryField(default=b"")),
                (
                    "bundle_sha256",
                    models.CharField(blank=True, help_text="Of the bundle, hexadecimal.", max_length=64),
                ),
                (
                    "dispatch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="hand_offs",
                        to="sending.dispatch",
                    ),
                ),
                (
                    "made_by",
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="directory.platform"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Sending",
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
                ("how", models.CharField(choices=[("mail", "By mail"), ("hand", "By hand")], max_length=8)),
                (
                    "state",
                    models.CharField(
                        choices=[("queued", "Waiting to be sent"), ("sent", "Sent"), ("failed", "Not sent")],
                        max_length=8,
                    ),
                ),
                (
                    "to",
                    models.CharField(
                        help_text="The mail address, or what the coordinator wrote.", max_length=254
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                (
                    "reason",
                    models.TextField(blank=True, help_text="Why it was not sent, as the mail server said."),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "hand_off",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sendings",
                        to="sending.handoff",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="handoff",
            constraint=models.UniqueConstraint(fields=("dispatch", "platform"), name="hand_off_once"),
        ),
    ]
