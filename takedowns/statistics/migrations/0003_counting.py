"""Counting the log: what each event changes in the figures, and the figures that one who asks may see.

Every event's part is final the moment it is written, whatever commits later: it rests on what necessarily happened to
its referral before (moves of one referral wait for each other), or on times that are written once. So parts may be
added up in any order and in any portions.
"""

from django.db import migrations

DURATION = """
CREATE FUNCTION takedowns_three_digits(microseconds bigint) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT round(microseconds::numeric, least(0, 3 - length(abs(microseconds)::text)))::bigint
$$;
CREATE FUNCTION takedowns_hour(moment timestamptz) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT floor(extract(epoch FROM moment) / 3600)::bigint * 3600
$$;
CREATE FUNCTION takedowns_taken(since timestamptz, until timestamptz) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT takedowns_three_digits((extract(epoch FROM until - since) * 1000000)::bigint)
$$;
"""

# Row-level security applies to whoever calls it. The text is put together for each call so that the planner sees which
# bound there is: a stretch of the log, or all that was written before a moment.
CHANGES = """
CREATE FUNCTION takedowns_tally_changes(
    after_xid xid8, after_id uuid, upto_xid xid8, upto_id uuid, before_id uuid, of_operation uuid
) RETURNS TABLE (
    tally text, operation_id uuid, platform_id varchar, cell_id bigint, step text, referred boolean, slot bigint, number bigint
) LANGUAGE plpgsql STABLE AS $function$
#variable_conflict use_column
DECLARE
    bounds text := 'true';
    co_referrals_before text := 'true';
BEGIN
    IF after_xid IS NOT NULL THEN
        bounds := bounds || format(' AND (e.xid, e.id) > (%L::xid8, %L::uuid)', after_xid, after_id);
    END IF;
    IF upto_xid IS NOT NULL THEN
        bounds := bounds || format(' AND (e.xid, e.id) <= (%L::xid8, %L::uuid)', upto_xid, upto_id);
    END IF;
    IF before_id IS NOT NULL THEN
        bounds := bounds || format(' AND e.id < %L::uuid', before_id);
        co_referrals_before := format('other.id < %L::uuid', before_id);
    END IF;
    IF of_operation IS NOT NULL THEN
        bounds := bounds || format(' AND (cell.operation_id = %L::uuid OR e.kind = %L)', of_operation, 'co_refer');
    END IF;
    RETURN QUERY EXECUTE format($query$
        WITH log AS MATERIALIZED (
            SELECT e.id, e.xid, e.referral_id, e.at, e.kind, e.from_cell_id, e.to_cell_id,
                   cell.operation_id, cell.platform_id, before.status AS from_status, cell.status AS to_status,
                   coalesce(before.status = 'removed' AND before.availability = 'offline', false) AS was_gone,
                   coalesce(cell.status = 'removed' AND cell.availability = 'offline', false) AS is_gone
            FROM referrals_event AS e
            LEFT JOIN referrals_cell AS before ON before.id = e.from_cell_id
            LEFT JOIN referrals_cell AS cell ON cell.id = e.to_cell_id
            WHERE %1$s AND (e.from_cell_id IS DISTINCT FROM e.to_cell_id OR e.kind = 'co_refer')
        ),
        -- Alike events first: most of a bulk change ends here.
        alike AS (
            SELECT operation_id, platform_id, kind, from_cell_id, from_status, to_cell_id, to_status,
                   -- What leaves or enters it is final: whether a referral withdrawn was referred before.
                   CASE WHEN 'withdrawn' IN (from_status, to_status) THEN (
                       SELECT referral.referred_at IS NOT NULL FROM referrals_referral AS referral
                       WHERE referral.id = log.referral_id
                   ) END AS withdrawn_referred,
                   takedowns_hour(at) AS hour, count(*) AS number
            FROM log WHERE to_cell_id IS NOT NULL
            GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
        ),
        told AS (
            SELECT log.*, referral.submitted_at, referral.referred_at, referral.decided_at,
                   -- A platform that decides has it; moments are written once, so one that differs came first.
                   log.kind = 'acknowledge'
                   OR log.kind IN ('remove', 'restrict', 'decline', 'report_unavailable')
                      AND log.at = referral.acknowledged_at
                      AND log.from_status NOT IN ('declined', 'restricted')
                      AND (log.from_status = 'referred' OR NOT EXISTS (
                          SELECT 1 FROM referrals_event AS other
                          WHERE other.referral_id = log.referral_id AND other.kind = 'acknowledge'
                      )) AS acknowledges,
                   CASE WHEN log.was_gone <> log.is_gone AND (log.kind <> 'check' OR log.was_gone) THEN (
                       SELECT other.at FROM referrals_event AS other
                       JOIN referrals_cell AS old ON old.id = other.from_cell_id
                       JOIN referrals_cell AS new ON new.id = other.to_cell_id
                       WHERE other.referral_id = log.referral_id AND other.kind = 'check' AND other.id < log.id
                         AND old.availability <> 'offline' AND new.availability = 'offline'
                       ORDER BY other.id DESC LIMIT 1
                   ) END AS gone_since,
                   CASE WHEN log.kind = 'remove' AND log.from_status = 'restricted' THEN (
                       SELECT other.at FROM referrals_event AS other
                       WHERE other.referral_id = log.referral_id AND other.kind = 'restrict'
                   ) END AS restricted_at
            FROM log JOIN referrals_referral AS referral ON referral.id = log.referral_id
            WHERE log.kind IN
                  ('refer', 'acknowledge', 'remove', 'restrict', 'decline', 'report_unavailable', 'reinstate')
               OR log.was_gone <> log.is_gone
        ),
        joined AS (
            -- A referral is co-referred once, whoever else joins: by the first in the order of the log.
            SELECT referral.operation_id, referral.platform_id, log.at,
                   EXISTS (
                       SELECT 1 FROM referrals_event AS other
                       WHERE other.referral_id = log.referral_id AND other.kind = 'refer'
                         AND (other.xid, other.id) < (log.xid, log.id) AND %2$s
                   ) AS referred
            FROM log JOIN referrals_referral AS referral ON referral.id = log.referral_id
            WHERE log.kind = 'co_refer' AND (%3$L::uuid IS NULL OR referral.operation_id = %3$L::uuid)
              AND NOT EXISTS (
                SELECT 1 FROM referrals_event AS other
                WHERE other.referral_id = log.referral_id AND other.kind = 'co_refer'
                  AND (other.xid, other.id) < (log.xid, log.id) AND %2$s
            )
        ),
        referred_after_joined AS (
            SELECT log.operation_id, log.platform_id, first.at
            FROM log CROSS JOIN LATERAL (
                SELECT other.at FROM referrals_event AS other
                WHERE other.referral_id = log.referral_id AND other.kind = 'co_refer'
                  AND (other.xid, other.id) < (log.xid, log.id) AND %2$s
                ORDER BY other.xid, other.id LIMIT 1
            ) AS first
            WHERE log.kind = 'refer' AND log.referral_id IN (SELECT referral_id FROM referrals_coreferral)
        ),
        changes AS (
            SELECT 'standing' AS tally, operation_id, platform_id, to_cell_id AS cell_id, NULL AS step,
                   CASE to_status WHEN 'submitted' THEN false WHEN 'approved' THEN false WHEN 'rejected' THEN false
                                  WHEN 'withdrawn' THEN withdrawn_referred ELSE true END AS referred,
                   NULL::bigint AS slot, number
            FROM alike
            UNION ALL
            SELECT 'standing', operation_id, platform_id, from_cell_id, NULL,
                   CASE from_status WHEN 'submitted' THEN false WHEN 'approved' THEN false WHEN 'rejected' THEN false
                                    WHEN 'withdrawn' THEN withdrawn_referred ELSE true END,
                   NULL, -number
            FROM alike WHERE from_cell_id IS NOT NULL
            UNION ALL
            SELECT 'reached', operation_id, platform_id, NULL, 'handed_in', false, hour, number
            FROM alike WHERE kind = 'submit'
            UNION ALL
            SELECT 'reached', operation_id, platform_id, NULL, 'referred', true, hour, number
            FROM alike WHERE kind = 'refer'
            UNION ALL
            SELECT 'reached', operation_id, platform_id, NULL, 'removed', true, hour, number
            FROM alike WHERE kind = 'remove'
            UNION ALL
            SELECT 'reached', told.operation_id, told.platform_id, NULL, more.step, more.referred, more.hour, sum(more.number)
            FROM told CROSS JOIN LATERAL (
                SELECT 'handed_in', false, takedowns_hour(submitted_at), -1 WHERE kind = 'refer'
                UNION ALL SELECT 'handed_in', true, takedowns_hour(submitted_at), 1 WHERE kind = 'refer'
                UNION ALL SELECT 'acknowledged', true, takedowns_hour(at), 1 WHERE acknowledges
                UNION ALL SELECT 'removed', true, takedowns_hour(decided_at), -1
                          WHERE kind = 'reinstate' AND from_status = 'removed'
                UNION ALL SELECT 'removed_and_gone', true, takedowns_hour(greatest(decided_at, at)), 1
                          WHERE kind = 'check' AND is_gone AND NOT was_gone
                UNION ALL SELECT 'removed_and_gone', true, takedowns_hour(greatest(at, gone_since)), 1
                          WHERE kind = 'remove' AND is_gone AND NOT was_gone
                UNION ALL SELECT 'removed_and_gone', true, takedowns_hour(greatest(decided_at, gone_since)), -1
                          WHERE was_gone AND NOT is_gone
            ) AS more (step, referred, hour, number)
            GROUP BY 2, 3, 5, 6, 7
            UNION ALL
            SELECT 'taken', told.operation_id, told.platform_id, NULL, NULL, true, more.taken, sum(more.number)
            FROM told CROSS JOIN LATERAL (
                SELECT takedowns_taken(referred_at, at), 1 WHERE kind IN ('remove', 'restrict')
                UNION ALL SELECT takedowns_taken(referred_at, restricted_at), -1 WHERE restricted_at IS NOT NULL
                UNION ALL SELECT takedowns_taken(referred_at, decided_at), -1 WHERE kind = 'reinstate'
            ) AS more (taken, number)
            GROUP BY 2, 3, 7
            UNION ALL
            SELECT 'reached', operation_id, platform_id, NULL, 'co_referred', referred, takedowns_hour(at), 1 FROM joined
            UNION ALL
            SELECT 'reached', operation_id, platform_id, NULL, 'co_referred', more.referred, takedowns_hour(at), more.number
            FROM referred_after_joined CROSS JOIN (VALUES (false, -1), (true, 1)) AS more (referred, number)
        )
        SELECT tally, operation_id, platform_id, cell_id, step, referred, slot, sum(number)::bigint
        FROM changes GROUP BY 1, 2, 3, 4, 5, 6, 7 HAVING sum(number) <> 0
    $query$, bounds, co_referrals_before, of_operation);
END
$function$;
"""

# A platform's contact may not read the events of an agency's review, yet the figures rest on them: so this function
# looks past row-level security, and hands out sums only, each to whom it may be shown.
TALLIES = """
CREATE FUNCTION takedowns_tallies(of_operation uuid, before_id uuid) RETURNS TABLE (
    tally text, platform_id varchar, status varchar, availability varchar, step text, referred boolean, slot bigint, number bigint
) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $function$
#variable_conflict use_column
DECLARE
    whole boolean := takedowns_asks_everything() OR EXISTS (
        SELECT 1 FROM referrals_operation_agencies AS taking_part
        WHERE taking_part.operation_id = of_operation AND taking_part.agency_id = ANY (takedowns_asking_agencies())
    );
    platforms text[] := coalesce(takedowns_asking_platforms(), '{}');
    after_xid xid8;
    after_id uuid;
BEGIN
    IF NOT whole AND platforms = '{}' THEN
        RETURN;
    END IF;
    IF before_id IS NULL THEN
        SELECT xid, event_id INTO after_xid, after_id FROM statistics_cursor WHERE reader = 'figures';
    END IF;
    RETURN QUERY
        SELECT found.tally, found.platform_id, cell.status, cell.availability, found.step, found.referred, found.slot,
               sum(found.number)::bigint
        FROM (
            SELECT 'standing' AS tally, platform_id, cell_id, NULL AS step, referred, NULL::bigint AS slot, number
            FROM statistics_standing WHERE operation_id = of_operation AND before_id IS NULL
            UNION ALL
            SELECT 'reached', platform_id, NULL, step::text, referred, hour, number
            FROM statistics_reached WHERE operation_id = of_operation AND before_id IS NULL
            UNION ALL
            SELECT 'taken', platform_id, NULL, NULL, true, microseconds, number
            FROM statistics_taken WHERE operation_id = of_operation AND before_id IS NULL
            UNION ALL
            SELECT tally, platform_id, cell_id, step, referred, slot, number
            FROM takedowns_tally_changes(after_xid, after_id, NULL, NULL, before_id, of_operation)
        ) AS found
        LEFT JOIN referrals_cell AS cell ON cell.id = found.cell_id
        WHERE whole OR found.platform_id = ANY (platforms) AND found.referred
        GROUP BY 1, 2, 3, 4, 5, 6, 7
        HAVING sum(found.number) <> 0;
END
$function$;
"""

TABLES = ("statistics_standing", "statistics_reached", "statistics_taken", "statistics_cursor")

# Read by the function above; written by the folding job, which asks as the system.
POLICIES = "\n".join(
    f"""
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
CREATE POLICY counted ON {table} USING ((SELECT takedowns_asks_everything()));
"""
    for table in TABLES
)

REVERSE = (
    "DROP FUNCTION takedowns_tallies(uuid, uuid);"
    "DROP FUNCTION takedowns_tally_changes(xid8, uuid, xid8, uuid, uuid, uuid);"
    "DROP FUNCTION takedowns_taken(timestamptz, timestamptz);"
    "DROP FUNCTION takedowns_hour(timestamptz);"
    "DROP FUNCTION takedowns_three_digits(bigint);"
    + "".join(
        f"DROP POLICY counted ON {table}; ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;" for table in TABLES
    )
)


class Migration(migrations.Migration):
    dependencies = [("statistics", "0002_tallies"), ("referrals", "0002_row_level_security")]
    operations = [migrations.RunSQL(DURATION + CHANGES + TALLIES + POLICIES, REVERSE)]
