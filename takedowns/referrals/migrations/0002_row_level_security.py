"""Need to know, said once more by the database (DESIGN, principle 8). Nobody named: no row."""

from django.db import migrations

# Each condition on who asks stands in a sub-select of its own, so that it is computed once a statement, not once a row.
VISIBLE = """
CREATE POLICY visible ON referrals_referral FOR SELECT USING (
    (SELECT takedowns_asks_everything())
    OR operation_id IN (
        SELECT operation_id FROM referrals_operation_agencies
        WHERE agency_id = ANY ((SELECT takedowns_asking_agencies())::uuid[])
    )
    OR agency_id = ANY ((SELECT takedowns_asking_agencies())::uuid[])
    OR id IN (
        SELECT referral_id FROM referrals_coreferral
        WHERE agency_id = ANY ((SELECT takedowns_asking_agencies())::uuid[])
    )
    OR (
        platform_id = ANY ((SELECT takedowns_asking_platforms())::text[])
        AND referred_at IS NOT NULL
    )
);
CREATE POLICY visible ON referrals_event FOR SELECT USING (
    (SELECT takedowns_asks_everything())
    OR EXISTS (SELECT 1 FROM referrals_referral AS referral WHERE referral.id = referrals_event.referral_id)
    -- What agencies say among themselves before a referral is made is not the platform's to read.
    AND ((SELECT takedowns_asking_platforms()) IS NULL OR kind NOT IN ('submit', 'co_refer', 'approve', 'reject'))
);
-- A hold says that it exists, not whose it is: only its own agency reads the row.
CREATE POLICY visible ON referrals_hold FOR SELECT USING (
    (SELECT takedowns_asks_everything()) OR agency_id = ANY ((SELECT takedowns_asking_agencies())::uuid[])
);
"""

# Only services write, after they have checked what the person may do; they ask as the system.
WRITABLE = "\n".join(
    f"""
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
CREATE POLICY added ON {table} FOR INSERT WITH CHECK ((SELECT takedowns_asks_everything()));
CREATE POLICY changed ON {table} FOR UPDATE USING ((SELECT takedowns_asks_everything()));
CREATE POLICY deleted ON {table} FOR DELETE USING ((SELECT takedowns_asks_everything()));
"""
    for table in ("referrals_referral", "referrals_event", "referrals_hold")
)

# A page of figures asks every few seconds whether anything moved. This says whether the log moved, and nothing of what
# is in it, so it may look past row-level security, which would cost more than the question is worth.
LOG_STATE = """
CREATE FUNCTION takedowns_log_state() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT coalesce((
        SELECT xid::text || ' ' || id FROM referrals_event
        WHERE xid < pg_snapshot_xmin(pg_current_snapshot()) ORDER BY xid DESC, id DESC LIMIT 1
    ), '') || ' ' || (
        SELECT count(*) FROM referrals_event WHERE xid >= pg_snapshot_xmin(pg_current_snapshot())
    )
$$;
"""

# People name a referral by the end of its id (reference.py). No index serves that where hidden rows might be told from it,
# so this looks past row-level security and returns ids alone, as a rule one for each name.
ENDING_IN = """
CREATE FUNCTION takedowns_ending_in(names text[]) RETURNS TABLE (ending text, id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT "right"(referral.id::text, 10), referral.id FROM referrals_referral AS referral
    WHERE "right"(referral.id::text, 10) = ANY (names)
$$;
"""

REVERSE = (
    "DROP FUNCTION takedowns_ending_in(text[]);\n"
    "DROP FUNCTION takedowns_log_state();\n"
    + "\n".join(
        f"DROP POLICY {policy} ON {table};"
        for table in ("referrals_referral", "referrals_event", "referrals_hold")
        for policy in ("visible", "added", "changed", "deleted")
    )
    + "\n".join(
        f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;"
        for table in ("referrals_referral", "referrals_event", "referrals_hold")
    )
)


class Migration(migrations.Migration):
    dependencies = [("referrals", "0001_initial")]
    operations = [migrations.RunSQL(VISIBLE + WRITABLE + LOG_STATE + ENDING_IN, REVERSE)]
