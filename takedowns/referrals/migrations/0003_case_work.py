"""What case work keeps: who released a hold, dispatches, hand-off files. And what of it who may see."""

import django.db.models.deletion
import takedowns.postgres.functions
from django.conf import settings
from django.db import migrations, models

# Corrections name outlets and listed groups: what agencies say among themselves is not the platform's to read.
EVENTS_VISIBLE = """
ALTER POLICY visible ON referrals_event USING (
    (SELECT takedowns_asks_everything())
    OR EXISTS (SELECT 1 FROM referrals_referral AS referral WHERE referral.id = referrals_event.referral_id)
    AND ((SELECT takedowns_asking_platforms()) IS NULL OR kind NOT IN ({kinds}))
);
"""
BEFORE = "'submit', 'co_refer', 'approve', 'reject'"

# Everybody may know that an item is on hold; whose hold it is and why stays behind the policy on the table itself.
ON_HOLD = """
CREATE FUNCTION takedowns_items_on_hold() RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT item_id FROM referrals_hold WHERE item_id IS NOT NULL AND released_at IS NULL AND ends_at > now()
    UNION
    SELECT item.id FROM referrals_item AS item JOIN referrals_hold AS hold ON hold.outlet_id = item.outlet_id
    WHERE hold.released_at IS NULL AND hold.ends_at > now()
$$;
"""

DISPATCHES_VISIBLE = """
ALTER TABLE referrals_dispatch ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON referrals_dispatch FOR SELECT USING (
    (SELECT takedowns_asks_everything())
    OR operation_id IN (
        SELECT operation_id FROM referrals_operation_agencies
        WHERE agency_id = ANY ((SELECT takedowns_asking_agencies())::uuid[])
    )
);
CREATE POLICY added ON referrals_dispatch FOR INSERT WITH CHECK ((SELECT takedowns_asks_everything()));
ALTER TABLE referrals_handoff ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON referrals_handoff FOR SELECT USING (
    (SELECT takedowns_asks_everything())
    OR EXISTS (SELECT 1 FROM referrals_dispatch AS dispatch WHERE dispatch.id = referrals_handoff.dispatch_id)
);
CREATE POLICY added ON referrals_handoff FOR INSERT WITH CHECK ((SELECT takedowns_asks_everything()));
"""
DISPATCHES_BACK = """
DROP POLICY added ON referrals_handoff;
DROP POLICY visible ON referrals_handoff;
DROP POLICY added ON referrals_dispatch;
DROP POLICY visible ON referrals_dispatch;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0002_api_keys"),
        ("referrals", "0002_row_level_security"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="hold",
            name="released_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
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
                (
                    "dispatch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="hand_offs",
                        to="referrals.dispatch",
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
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("dispatch", "platform"), name="hand_off_once")
                ],
            },
        ),
        migrations.RunSQL(
            EVENTS_VISIBLE.format(kinds=f"{BEFORE}, 'correct'") + ON_HOLD + DISPATCHES_VISIBLE,
            DISPATCHES_BACK
            + "DROP FUNCTION takedowns_items_on_hold();"
            + EVENTS_VISIBLE.format(kinds=BEFORE),
        ),
    ]
