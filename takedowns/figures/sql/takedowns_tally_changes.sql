-- What each event changes in the figures, and the figures that one who asks may see.
-- Every event's part is final the moment it is written, whatever commits later: it rests on what necessarily happened to
-- its referral before (moves of one referral wait for each other), or on times that are written once. So parts may be
-- added up in any order and in any portions.
-- Row-level security applies to whoever calls it. The text is put together for each call so that the planner sees which
-- bound there is: a stretch of the log, or all that was written before a moment.
CREATE OR REPLACE FUNCTION takedowns_tally_changes(
    after_xid xid8, after_id uuid, upto_xid xid8, upto_id uuid, before_id uuid, of_operation uuid
) RETURNS TABLE (
    tally text, operation_id uuid, platform_id varchar, cell_id bigint, step text, referred boolean, slot bigint, number bigint
)
-- Without statistics (a day loaded into a new installation, a restore) the planner would join an index of the whole log
-- to the few events of each referral: minutes instead of two seconds.
LANGUAGE plpgsql STABLE SET enable_bitmapscan = off AS $function$
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
                   CASE WHEN e.kind = 'correct_answer' THEN e.details END AS details,
                   cell.operation_id, cell.platform_id, before.status AS from_status, cell.status AS to_status,
                   coalesce(before.status = 'removed' AND before.availability = 'offline', false) AS was_gone,
                   coalesce(cell.status = 'removed' AND cell.availability = 'offline', false) AS is_gone
            FROM referrals_event AS e
            LEFT JOIN referrals_cell AS before ON before.id = e.from_cell_id
            LEFT JOIN referrals_cell AS cell ON cell.id = e.to_cell_id
            WHERE %1$s AND (e.from_cell_id IS DISTINCT FROM e.to_cell_id OR e.kind IN ('co_refer', 'correct_answer'))
        ),
        -- Alike events first: most of a bulk change ends here. By few and narrow columns, so that they are hashed, not sorted.
        alike AS (
            SELECT cell.operation_id, cell.platform_id, counted.kind, counted.from_cell_id, before.status AS from_status,
                   counted.to_cell_id, cell.status AS to_status, counted.withdrawn_referred, counted.hour, counted.number
            FROM (
                SELECT kind, from_cell_id, to_cell_id, NULL::boolean AS withdrawn_referred,
                       takedowns_hour(at) AS hour, count(*) AS number
                FROM log
                WHERE to_cell_id IS NOT NULL AND (from_status = 'withdrawn' OR to_status = 'withdrawn') IS NOT TRUE
                GROUP BY 1, 2, 3, 5
                UNION ALL
                -- What leaves or enters it is final: whether a referral withdrawn was referred before.
                SELECT log.kind, log.from_cell_id, log.to_cell_id, referral.referred_at IS NOT NULL,
                       takedowns_hour(log.at), count(*)
                FROM log JOIN referrals_referral AS referral ON referral.id = log.referral_id
                WHERE log.to_cell_id IS NOT NULL AND (log.from_status = 'withdrawn' OR log.to_status = 'withdrawn')
                GROUP BY 1, 2, 3, 4, 5
            ) AS counted
            JOIN referrals_cell AS cell ON cell.id = counted.to_cell_id
            LEFT JOIN referrals_cell AS before ON before.id = counted.from_cell_id
        ),
        told AS (
            SELECT log.*, referral.submitted_at, referral.referred_at,
                   CASE WHEN corrected.yes THEN before.decided_at ELSE referral.decided_at END AS decided_at,
                   -- A platform that decides has it; moments are written once, so one that differs came first.
                   log.kind = 'acknowledge'
                   OR takedowns_shows_receipt(log.kind)
                      AND CASE WHEN corrected.yes THEN NOT before.acknowledged ELSE
                          log.at = referral.acknowledged_at
                          AND log.from_status NOT IN ('declined', 'restricted')
                          AND (log.from_status = 'referred' OR NOT EXISTS (
                              SELECT 1 FROM referrals_event AS other
                              WHERE other.referral_id = log.referral_id AND other.kind = 'acknowledge'
                          ))
                      END AS acknowledges,
                   CASE WHEN log.was_gone <> log.is_gone AND (log.kind <> 'check' OR log.was_gone)
                          OR log.kind = 'correct_answer' AND (log.was_gone OR log.is_gone) THEN (
                       SELECT other.at FROM referrals_event AS other
                       JOIN referrals_cell AS old ON old.id = other.from_cell_id
                       JOIN referrals_cell AS new ON new.id = other.to_cell_id
                       WHERE other.referral_id = log.referral_id AND other.kind = 'check' AND other.id < log.id
                         AND old.availability <> 'offline' AND new.availability = 'offline'
                       ORDER BY other.id DESC LIMIT 1
                   ) END AS gone_since,
                   CASE WHEN log.kind = 'remove' AND log.from_status = 'restricted' AND corrected.yes THEN before.decided_at
                        WHEN log.kind = 'remove' AND log.from_status = 'restricted' THEN (
                       SELECT other.at FROM referrals_event AS other
                       WHERE other.referral_id = log.referral_id AND other.kind = 'restrict'
                   ) END AS restricted_at
            FROM log JOIN referrals_referral AS referral ON referral.id = log.referral_id
                -- Ids grow with time: without bounds the whole table would be read for each stretch of the log.
                AND referral.id >= (SELECT referral_id FROM log ORDER BY referral_id LIMIT 1)
                AND referral.id <= (SELECT referral_id FROM log ORDER BY referral_id DESC LIMIT 1)
            CROSS JOIN LATERAL (SELECT log.referral_id IN (
                SELECT fix.referral_id FROM referrals_event AS fix WHERE fix.kind = 'correct_answer'
            ) AS yes) AS corrected
            LEFT JOIN LATERAL (
                SELECT (
                    SELECT CASE other.kind WHEN 'correct_answer' THEN (other.details->'decided_at'->>1)::timestamptz
                                           ELSE other.at END
                    FROM referrals_event AS other
                    WHERE other.referral_id = log.referral_id AND other.id < log.id
                      AND other.kind IN ('remove', 'restrict', 'decline', 'report_unavailable', 'correct_answer')
                    ORDER BY other.id DESC LIMIT 1
                ) AS decided_at,
                EXISTS (
                    SELECT 1 FROM referrals_event AS other
                    WHERE other.referral_id = log.referral_id AND other.id < log.id
                      AND takedowns_shows_receipt(other.kind)
                      AND NOT EXISTS (
                          SELECT 1 FROM referrals_event AS fix
                          WHERE fix.referral_id = log.referral_id AND fix.kind = 'correct_answer'
                            AND fix.id > other.id AND fix.id < log.id AND fix.details->'acknowledged_at'->>1 IS NULL
                      )
                ) AS acknowledged
            ) AS before ON corrected.yes
            WHERE log.kind IN ('refer', 'reinstate', 'correct_answer') OR takedowns_shows_receipt(log.kind)
               OR log.was_gone <> log.is_gone
        ),
        -- What each correction takes away from (-1) and adds to (1) what was counted, with the moments of the answers.
        corrections AS (
            SELECT told.operation_id, told.platform_id, told.referred_at, told.gone_since, side.times,
                   side.status IN ('removed', 'restricted') AS acted, side.status = 'removed' AS removed, side.gone,
                   side.decided_at::timestamptz, side.acknowledged_at::timestamptz
            FROM told CROSS JOIN LATERAL (
                VALUES (-1, from_status, was_gone, details->'decided_at'->>0, details->'acknowledged_at'->>0),
                       (1, to_status, is_gone, details->'decided_at'->>1, details->'acknowledged_at'->>1)
            ) AS side (times, status, gone, decided_at, acknowledged_at)
            WHERE told.kind = 'correct_answer'
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
            SELECT 'reached', operation_id, platform_id, NULL, 'handed_in', more.referred, hour, more.times * number
            FROM (
                SELECT operation_id, platform_id, takedowns_hour(submitted_at) AS hour, count(*) AS number
                FROM told WHERE kind = 'refer' GROUP BY 1, 2, 3
            ) AS referred CROSS JOIN (VALUES (false, -1), (true, 1)) AS more (referred, times)
            UNION ALL
            SELECT 'reached', operation_id, platform_id, NULL, 'acknowledged', true, takedowns_hour(at), count(*)
            FROM told WHERE acknowledges GROUP BY 2, 3, 7
            UNION ALL
            SELECT 'reached', operation_id, platform_id, NULL, 'removed', true, takedowns_hour(decided_at), -count(*)
            FROM told WHERE kind = 'reinstate' AND from_status = 'removed' GROUP BY 2, 3, 7
            UNION ALL
            SELECT 'reached', operation_id, platform_id, NULL, 'removed_and_gone', true,
                   takedowns_hour(greatest(CASE WHEN kind = 'check' THEN decided_at ELSE gone_since END, at)), count(*)
            FROM told WHERE kind IN ('check', 'remove') AND is_gone AND NOT was_gone GROUP BY 2, 3, 7
            UNION ALL
            SELECT 'reached', operation_id, platform_id, NULL, 'removed_and_gone', true,
                   takedowns_hour(greatest(decided_at, gone_since)), -count(*)
            FROM told WHERE was_gone AND NOT is_gone AND kind <> 'correct_answer' GROUP BY 2, 3, 7
            UNION ALL
            SELECT 'reached', operation_id, platform_id, NULL, more.step, true, takedowns_hour(more.at), sum(times)
            FROM corrections CROSS JOIN LATERAL (
                VALUES ('acknowledged', acknowledged_at), ('removed', CASE WHEN removed THEN decided_at END),
                       ('removed_and_gone', CASE WHEN gone THEN greatest(decided_at, gone_since) END)
            ) AS more (step, at)
            WHERE more.at IS NOT NULL GROUP BY 2, 3, 5, 7
            UNION ALL
            SELECT 'taken', operation_id, platform_id, NULL, NULL, true, takedowns_taken(referred_at, decided_at), sum(times)
            FROM corrections WHERE acted GROUP BY 2, 3, 7
            UNION ALL
            SELECT 'taken', operation_id, platform_id, NULL, NULL, true, takedowns_taken(referred_at, at), count(*)
            FROM told WHERE kind IN ('remove', 'restrict') GROUP BY 2, 3, 7
            UNION ALL
            SELECT 'taken', operation_id, platform_id, NULL, NULL, true, takedowns_taken(referred_at, restricted_at), -count(*)
            FROM told WHERE restricted_at IS NOT NULL GROUP BY 2, 3, 7
            UNION ALL
            SELECT 'taken', operation_id, platform_id, NULL, NULL, true, takedowns_taken(referred_at, decided_at), -count(*)
            FROM told WHERE kind = 'reinstate' GROUP BY 2, 3, 7
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
