-- A page of figures asks every few seconds whether anything moved. This says whether the log moved, and nothing of what
-- is in it, so it may look past row-level security, which would cost more than the question is worth.
CREATE OR REPLACE FUNCTION takedowns_log_state() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT CASE WHEN takedowns_asks_everything() OR takedowns_asking_agencies() IS NOT NULL
                  OR takedowns_asking_platforms() IS NOT NULL
    THEN coalesce((
        SELECT xid::text || ' ' || id FROM referrals_event
        WHERE xid < takedowns_log_horizon() ORDER BY xid DESC, id DESC LIMIT 1
    ), '') || ' ' || (
        SELECT count(*) FROM referrals_event WHERE xid >= takedowns_log_horizon()
    ) END
$$;
