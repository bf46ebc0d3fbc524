import django.contrib.postgres.fields
import django.db.models.deletion
import takedowns.postgres.functions
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("directory", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Endpoint",
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
                ("url", models.CharField(max_length=2000)),
                ("description", models.CharField(blank=True, max_length=200)),
                (
                    "types",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("referral.created", "A referral was made to the platform"),
                                ("referral.updated", "A referral changed"),
                                ("referral.withdrawn", "A referral was withdrawn"),
                                ("referral.due_soon", "A referral is soon due and not decided"),
                                (
                                    "check.online_after_removal",
                                    "Somebody saw online what the platform says it removed",
                                ),
                            ],
                            max_length=32,
                        ),
                        size=None,
                    ),
                ),
                ("secret", models.TextField(help_text="Encrypted; see secrets.py.")),
                (
                    "former_secret",
                    models.TextField(
                        blank=True, help_text="Encrypted; signs beside the new one until it ends."
                    ),
                ),
                ("former_until", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField()),
                (
                    "xid",
                    takedowns.postgres.functions.TransactionField(
                        help_text="With event_id: the place in the log up to which deliveries were made."
                    ),
                ),
                ("event_id", models.UUIDField()),
                (
                    "numbered",
                    models.BigIntegerField(default=0, help_text="The number of the last delivery made."),
                ),
                ("disabled_at", models.DateTimeField(blank=True, null=True)),
                ("disabled_because", models.CharField(blank=True, max_length=300)),
                (
                    "platform",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="webhook_endpoints",
                        to="directory.platform",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
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
                    "number",
                    models.BigIntegerField(
                        help_text="Counts up for each endpoint, in steps of more than the changes of one call: a lane is sent in this order, and where a call is divided, each part's number says which change it begins with."
                    ),
                ),
                ("lane", models.PositiveSmallIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("delivered", "Delivered"),
                            ("given_up", "Given up"),
                            ("divided", "Too large, sent in parts"),
                        ],
                        default="waiting",
                        max_length=16,
                    ),
                ),
                ("is_ping", models.BooleanField(default=False)),
                ("events", models.PositiveSmallIntegerField(help_text="How many changes it tells.")),
                ("payload", models.BinaryField(help_text="The body, byte for byte.")),
                ("made_at", models.DateTimeField()),
                ("next_at", models.DateTimeField(help_text="Not tried before.")),
                (
                    "calling_until",
                    models.DateTimeField(
                        blank=True, help_text="While a call is under way: when it counts as lost.", null=True
                    ),
                ),
                ("first_tried_at", models.DateTimeField(blank=True, null=True)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "endpoint",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="webhooks.endpoint",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "deliveries",
                "ordering": ["-number"],
            },
        ),
        migrations.CreateModel(
            name="ToldDue",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("referral_id", models.UUIDField()),
                ("due_at", models.DateTimeField()),
                ("told_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("referral_id", "due_at"), name="told_due_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Try",
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
                ("at", models.DateTimeField()),
                (
                    "status",
                    models.PositiveSmallIntegerField(
                        help_text="HTTP status; empty where no answer came.", null=True
                    ),
                ),
                ("problem", models.CharField(blank=True, max_length=300)),
                ("milliseconds", models.PositiveIntegerField()),
                (
                    "delivery",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tries_made",
                        to="webhooks.delivery",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "tries",
                "ordering": ["id"],
            },
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("state", "waiting")),
                fields=["endpoint", "lane", "number"],
                name="delivery_waiting",
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(fields=["ended_at"], name="delivery_ended"),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "divided"), _negated=True),
                fields=("endpoint", "number"),
                name="delivery_number_once",
            ),
        ),
    ]
