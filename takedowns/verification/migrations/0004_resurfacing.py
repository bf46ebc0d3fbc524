"""What takes the place of what: links that people confirmed, and the handle by which likely ones are found."""

import django.db.models.deletion
import takedowns.postgres.functions
from django.conf import settings
from django.db import migrations, models


# The name a channel or account goes by, as it is taken along to another platform: without signs between its words and
# without digits at its end ("lantern_news2" follows "Lantern-News"). NULL where the key holds no name: an invite, a number.
HANDLE = r"""
CREATE FUNCTION takedowns_handle(key text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN length(name) >= 5 AND key !~ '^([+]|join/|joinchat/)' AND name !~
        '^(status|story|stories|watch|posts|photo|video|videos|reel|reels|album|channel|group|message|profile|permalink)$'
    THEN name END FROM (
        SELECT regexp_replace(regexp_replace(
            CASE WHEN key ~ '^[@#!].*:' THEN regexp_replace(lower(key), '^.([^:]*):.*$', '\1')
                 ELSE regexp_replace(regexp_replace(lower(key), '/[0-9]+$', ''), '^.*/', '') END,
            '[-_.@ ]+', '', 'g'), '[0-9]+$', '') AS name
    ) AS named
$$;
CREATE INDEX item_by_handle ON referrals_item (takedowns_handle(key)) WHERE takedowns_handle(key) IS NOT NULL;
"""
VISIBLE = """
ALTER TABLE verification_succession ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON verification_succession FOR SELECT USING (
    (SELECT takedowns_asks_everything())
    OR (SELECT takedowns_asking_platforms()) IS NULL
    AND EXISTS (SELECT 1 FROM referrals_referral AS referral WHERE referral.item_id = verification_succession.item_id)
    AND EXISTS (
        SELECT 1 FROM referrals_referral AS referral WHERE referral.item_id = verification_succession.predecessor_id
    )
);
CREATE POLICY added ON verification_succession FOR INSERT WITH CHECK ((SELECT takedowns_asks_everything()));
CREATE POLICY deleted ON verification_succession FOR DELETE USING ((SELECT takedowns_asks_everything()));
"""
BACK = """
DROP POLICY deleted ON verification_succession;
DROP POLICY added ON verification_succession;
DROP POLICY visible ON verification_succession;
-- With every index that rests on it, also those of copies of the table.
DROP FUNCTION takedowns_handle(text) CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0003_case_work"),
        ("verification", "0003_probes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
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
        migrations.RunSQL(HANDLE + VISIBLE, BACK),
    ]
