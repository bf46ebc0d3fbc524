import django.contrib.postgres.fields
import django.db.models.deletion
import takedowns.postgres.functions
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("directory", "0001_initial"),
        ("evidence", "0001_initial"),
        ("referrals", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ProbeLane",
            fields=[
                (
                    "platform",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="directory.platform",
                    ),
                ),
                (
                    "seconds",
                    models.PositiveIntegerField(help_text="From one question to the next, at least."),
                ),
                (
                    "next_at",
                    models.DateTimeField(
                        help_text="Not asked before; while a question is under way, the end of its lease."
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Schedule",
            fields=[
                (
                    "operation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="referrals.operation",
                    ),
                ),
                (
                    "hours",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveIntegerField(),
                        help_text="After the decision, ascending.",
                        size=None,
                    ),
                ),
                ("changed_at", models.DateTimeField()),
                (
                    "changed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Check",
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
                    "seen",
                    models.CharField(
                        choices=[
                            ("unknown", "Not known"),
                            ("online", "Seen online"),
                            ("offline", "Seen gone"),
                        ],
                        max_length=8,
                    ),
                ),
                ("robot", models.CharField(blank=True, max_length=50)),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("gone", "The platform says that nothing is there"),
                            ("sign_of_gone", "The page bears a mark this platform gives to what is gone"),
                            ("sign_of_online", "The page bears a mark this platform gives to what is there"),
                            ("no_sign", "A page answers, but whether the item is on it cannot be told"),
                            ("sign_in", "The platform asks to sign in"),
                            ("blocked_here", "Withheld for legal reasons, perhaps only from here"),
                            ("forbidden", "The platform refuses to answer a robot"),
                            ("too_many", "The platform asks for fewer questions"),
                            ("elsewhere", "It leads to another page"),
                            ("too_many_hops", "It leads on and on"),
                            ("not_asked", "The address is one that is not asked"),
                            ("too_slow", "No answer in time"),
                            ("unreachable", "No server answers"),
                            ("fault", "The platform has a fault"),
                        ],
                        db_default="",
                        help_text="Of a robot's look.",
                        max_length=16,
                    ),
                ),
                (
                    "http_status",
                    models.PositiveSmallIntegerField(blank=True, help_text="Of a robot's look.", null=True),
                ),
                (
                    "note",
                    models.CharField(
                        blank=True, db_default="", help_text="What a person noted.", max_length=500
                    ),
                ),
                (
                    "agency",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directory.agency",
                    ),
                ),
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
                (
                    "evidence",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        help_text="The screenshot a person made.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="evidence.evidence",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="checks",
                        to="referrals.item",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("seen__in", ["unknown", "online", "offline"])), name="check_seen"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("by__isnull", False), ("robot", "")),
                            models.Q(("by", None), models.Q(("robot", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="check_by_person_or_robot",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Succession",
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
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="referrals.item",
                    ),
                ),
                (
                    "predecessor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="referrals.item"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("item", "predecessor"), name="succession_once"),
                    models.CheckConstraint(
                        condition=models.Q(("item", models.F("predecessor")), _negated=True),
                        name="succession_of_another",
                    ),
                ],
            },
        ),
    ]
