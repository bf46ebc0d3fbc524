-- For the head of every page, in the statement that finds the operation: no page pays a further one.
-- Bounded: nobody needs to know whether it is 100 or 100,000. Whoever has 2,000 rows unread is told "many"
-- even if most are their own doing, rather than made to wait.
CREATE OR REPLACE FUNCTION takedowns_unread() RETURNS integer LANGUAGE plpgsql STABLE AS $$
DECLARE
    me CONSTANT uuid := takedowns_asking_person();
    mine CONSTANT uuid[] := takedowns_asking_agencies();
    since bigint;
    wide boolean;
    looked integer;
    found integer;
BEGIN
    IF me IS NULL OR mine IS NULL THEN
        RETURN 0;
    END IF;
    SELECT seen, scope = 'agency' INTO since, wide FROM notices_attention WHERE user_id = me;
    since := coalesce(since, 0);
    IF wide THEN
        SELECT count(*), count(*) FILTER (WHERE actor_id IS DISTINCT FROM me) INTO looked, found FROM (
            SELECT actor_id FROM notices_notice WHERE agency_id = ANY (mine) AND number > since LIMIT 2000
        ) AS latest;
    ELSE
        SELECT count(*), count(*) FILTER (WHERE actor_id IS DISTINCT FROM me) INTO looked, found FROM (
            SELECT actor_id FROM notices_notice
            WHERE person_id = me AND agency_id = ANY (mine) AND number > since LIMIT 2000
        ) AS latest;
    END IF;
    RETURN CASE WHEN looked = 2000 THEN 100 ELSE least(found, 100) END;
END $$;
