"""What a look tells beside what was seen, who may read it, and when an operation looks again."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


# A look is read by whoever sees a referral of its item; what officers note is not the platform's to read.
VISIBLE = """
ALTER TABLE verification_check ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON verification_check FOR SELECT USING (
    (SELECT takedowns_asks_everything())
    OR (SELECT takedowns_asking_platforms()) IS NULL
    AND EXISTS (SELECT 1 FROM referrals_referral AS referral WHERE referral.item_id = verification_check.item_id)
);
CREATE POLICY added ON verification_check FOR INSERT WITH CHECK ((SELECT takedowns_asks_everything()));
"""
BACK = """
DROP POLICY added ON verification_check;
DROP POLICY visible ON verification_check;
ALTER TABLE verification_check DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0003_case_work"),
        ("verification", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="check",
            name="http_status",
            field=models.PositiveSmallIntegerField(blank=True, help_text="Of a robot's look.", null=True),
        ),
        migrations.AddField(
            model_name="check",
            name="note",
            field=models.CharField(
                blank=True, db_default="", help_text="What a person noted.", max_length=500
            ),
        ),
        migrations.AddField(
            model_name="check",
            name="reason",
            field=models.CharField(
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
        migrations.RunSQL(VISIBLE, BACK),
    ]
