-- The folded standings by every counted dimension, for those who may see the whole operation: what the Figures page filters.
-- As takedowns_tallies(), and for the same reason looks past row-level security; a platform's contact gets nothing here.
CREATE OR REPLACE FUNCTION takedowns_standings(of_operation uuid, before_id uuid) RETURNS TABLE (
    platform_id varchar, kind varchar, agency_id uuid, instrument varchar, tier smallint,
    status varchar, availability varchar, referred boolean, number bigint
) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $function$
#variable_conflict use_column
DECLARE
    after_xid xid8;
    after_id uuid;
BEGIN
    IF NOT takedowns_sees_operation(of_operation) THEN
        RETURN;
    END IF;
    IF before_id IS NULL THEN
        SELECT xid, event_id INTO after_xid, after_id FROM figures_cursor WHERE reader = 'figures';
    END IF;
    RETURN QUERY
        SELECT cell.platform_id, cell.kind, cell.agency_id, cell.instrument, cell.tier::smallint,
               cell.status, cell.availability, found.referred, sum(found.number)::bigint
        FROM (
            SELECT cell_id, referred, number FROM figures_standing
            WHERE operation_id = of_operation AND before_id IS NULL
            UNION ALL
            SELECT cell_id, referred, number
            FROM takedowns_tally_changes(after_xid, after_id, NULL, NULL, before_id, of_operation)
            WHERE tally = 'standing'
        ) AS found
        JOIN referrals_cell AS cell ON cell.id = found.cell_id
        GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
        HAVING sum(found.number) <> 0;
END
$function$;
