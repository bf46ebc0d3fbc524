-- A platform's contact may not read the events of an agency's review, yet the figures rest on them: so this function
-- looks past row-level security, and hands out sums only, each to whom it may be shown.
CREATE OR REPLACE FUNCTION takedowns_tallies(of_operation uuid, before_id uuid) RETURNS TABLE (
    tally text, platform_id varchar, status varchar, availability varchar, step text, referred boolean, slot bigint, number bigint
) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $function$
#variable_conflict use_column
DECLARE
    whole boolean := takedowns_sees_operation(of_operation);
    platforms text[] := coalesce(takedowns_asking_platforms(), '{}');
    after_xid xid8;
    after_id uuid;
BEGIN
    IF NOT whole AND platforms = '{}' THEN
        RETURN;
    END IF;
    IF before_id IS NULL THEN
        SELECT xid, event_id INTO after_xid, after_id FROM figures_cursor WHERE reader = 'figures';
    END IF;
    RETURN QUERY
        SELECT found.tally, found.platform_id, cell.status, cell.availability, found.step, found.referred, found.slot,
               sum(found.number)::bigint
        FROM (
            SELECT 'standing' AS tally, platform_id, cell_id, NULL AS step, referred, NULL::bigint AS slot, number
            FROM figures_standing WHERE operation_id = of_operation AND before_id IS NULL
            UNION ALL
            SELECT 'reached', platform_id, NULL, step::text, referred, hour, number
            FROM figures_reached WHERE operation_id = of_operation AND before_id IS NULL
            UNION ALL
            SELECT 'taken', platform_id, NULL, NULL, true, microseconds, number
            FROM figures_taken WHERE operation_id = of_operation AND before_id IS NULL
            UNION ALL
            SELECT tally, platform_id, cell_id, step, referred, slot, number
            FROM takedowns_tally_changes(after_xid, after_id, NULL, NULL, before_id, of_operation)
        ) AS found
        LEFT JOIN referrals_cell AS cell ON cell.id = found.cell_id
        WHERE takedowns_sees_referral(whole, NULL, found.platform_id, found.referred, false, NULL, platforms)
        GROUP BY 1, 2, 3, 4, 5, 6, 7
        HAVING sum(found.number) <> 0;
END
$function$;
