import django.db.models.deletion
import django.db.models.functions.datetime
import takedowns.postgres.functions
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("referrals", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Complaint",
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
                (
                    "complainant",
                    models.CharField(
                        choices=[("content_provider", "Whoever published it"), ("other", "Somebody else")],
                        max_length=20,
                    ),
                ),
                ("received_at", models.DateTimeField(help_text="When whoever was told got it.")),
                (
                    "puid",
                    models.CharField(blank=True, help_text="The platform's own reference.", max_length=500),
                ),
                ("explanation", models.TextField(blank=True)),
                (
                    "verdict",
                    models.CharField(
                        blank=True, choices=[("upheld", "Upheld"), ("dismissed", "Dismissed")], max_length=12
                    ),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("decision_explained", models.TextField(blank=True)),
                ("recorded_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "recorded_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "referral",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="complaints",
                        to="referrals.referral",
                    ),
                ),
            ],
            options={
                "ordering": ["received_at", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("puid", ""), _negated=True),
                        fields=("referral", "puid"),
                        name="complaint_once_by_puid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at", None), ("verdict", "")),
                            models.Q(("decided_at__isnull", False), ("verdict__in", ["upheld", "dismissed"])),
                            _connector="OR",
                        ),
                        name="complaint_decided_whole",
                    ),
                ],
            },
        ),
    ]
