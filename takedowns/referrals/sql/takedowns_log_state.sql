-- A page of figures asks every few seconds whether anything moved. This says whether the log of some operations moved, and nothing
-- of what is in it, so it may look past row-level security, which would cost more than the question is worth. Of operations that
-- whoever asks sees nothing of, it says nothing: what moves elsewhere is no business of theirs.
-- An operation's is what happens to its referrals, to those that it handed in as well, and to its items. It looks back over 5,000
-- events, so that it costs the same however long the log is; where none of them is the operation's, it says where the whole log
-- stands: a state that did not change must never be told of one that did.
-- OFFSET 0: looked up for the few events that need it; else all referrals are read first, as if many did.
CREATE OR REPLACE FUNCTION takedowns_log_state(of_operations uuid[]) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH seen AS MATERIALIZED (
        SELECT given.id FROM unnest(of_operations) AS given(id)
        WHERE takedowns_sees_operation(given.id) OR EXISTS (
            SELECT 1 FROM referrals_operation_platforms AS asked
            WHERE asked.operation_id = given.id AND asked.platform_id = ANY (takedowns_asking_platforms())
        )
    ), cells AS MATERIALIZED (
        SELECT cell.id FROM referrals_cell AS cell WHERE cell.operation_id IN (SELECT id FROM seen)
    ), latest AS (  -- ends at the first that is found: mostly at once
        SELECT log.xid, log.id FROM (
            SELECT xid, id, item_id, referral_id, to_cell_id FROM referrals_event
            WHERE xid < takedowns_log_horizon() ORDER BY xid DESC, id DESC LIMIT 5000
        ) AS log
        WHERE to_cell_id IN (SELECT id FROM cells)
           OR EXISTS (
               SELECT 1 FROM referrals_coreferral AS other
               WHERE other.referral_id = log.referral_id AND other.operation_id IN (SELECT id FROM seen) OFFSET 0
           )
           OR to_cell_id IS NULL AND EXISTS (
               SELECT 1 FROM referrals_referral AS one
               WHERE one.item_id = log.item_id AND one.operation_id IN (SELECT id FROM seen) OFFSET 0
           )
        LIMIT 1
    ), in_flight AS (
        SELECT count(*) AS number FROM referrals_event AS log
        WHERE xid >= takedowns_log_horizon() AND (
            to_cell_id IN (SELECT id FROM cells)
               OR EXISTS (
                   SELECT 1 FROM referrals_coreferral AS other
                   WHERE other.referral_id = log.referral_id AND other.operation_id IN (SELECT id FROM seen) OFFSET 0
               )
               OR to_cell_id IS NULL AND EXISTS (
                   SELECT 1 FROM referrals_referral AS one
                   WHERE one.item_id = log.item_id AND one.operation_id IN (SELECT id FROM seen) OFFSET 0
               )
        )
    )
    SELECT CASE WHEN EXISTS (SELECT 1 FROM seen) THEN
        coalesce(
            (SELECT xid::text || ' ' || id FROM latest),
            (
                SELECT 'all ' || xid::text || ' ' || id FROM referrals_event
                WHERE xid < takedowns_log_horizon() ORDER BY xid DESC, id DESC LIMIT 1
            ),
            ''
        ) || ' ' || (SELECT number FROM in_flight)
    END
$$;
