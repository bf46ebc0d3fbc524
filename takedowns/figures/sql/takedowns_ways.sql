-- What an operation's events say of each of its referrals, for figures that are read one by one.
-- Looks past row-level security, which would ask of each event whether its referral is visible: whoever takes part in an
-- operation sees all its referrals, hence all these events. A platform's contact gets nothing here. All that is kept of a
-- referral's events is one narrow row; in order of id, so that one sort serves every last and first. With a moment by the clock of
-- what happened, "stands" is the status by that clock; else NULL, since it is that of the last cell.
CREATE OR REPLACE FUNCTION takedowns_ways(of_operation uuid, before_id uuid, happened_before timestamptz) RETURNS TABLE (
    referral_id uuid, item_id uuid, instrument varchar, cell_id bigint, referred_at timestamptz, acknowledged_at timestamptz,
    acted_at timestamptz, decline_reason text, carried_out_at timestamptz, received boolean, due_at timestamptz, stopped boolean,
    complaints bigint, upheld bigint, dismissed bigint, put_back boolean, wrong boolean, stands varchar
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET work_mem = '64MB' SET jit = off AS $function$
    SELECT referral.id, referral.item_id, referral.instrument,
           (array_agg(event.to_cell_id ORDER BY event.id DESC) FILTER (WHERE event.to_cell_id IS NOT NULL))[1],
           min(event.at) FILTER (WHERE event.kind = 'refer'),
           -- The first: the last of those in descending order.
           (array_agg(event.at ORDER BY event.id DESC) FILTER (
               WHERE takedowns_shows_receipt(event.kind)
           ))[count(*) FILTER (WHERE takedowns_shows_receipt(event.kind))],
           (array_agg(event.at ORDER BY event.id DESC) FILTER (WHERE event.kind IN ('remove', 'restrict')))[1],
           (array_agg(event.details->>'decline_reason' ORDER BY event.id DESC) FILTER (WHERE event.kind = 'decline'))[1],
           min(event.at) FILTER (
               WHERE event.kind = 'remove' OR event.kind = 'restrict' AND event.details->>'action' IN ('geo_blocked', 'visibility_disabled')
           ),
           coalesce(bool_or(event.kind = 'receipt'), false),
           (array_agg(event.details->>'due_at' ORDER BY event.id DESC)
               FILTER (WHERE event.kind IN ('receipt', 'impediment_ended')))[1]::timestamptz,
           coalesce((array_agg(event.kind ORDER BY event.id DESC) FILTER (
               WHERE event.kind IN ('receipt', 'impediment_ended')
                  OR event.kind = 'impediment' AND (event.details->>'stops_the_hour')::boolean
           ))[1] = 'impediment', false),
           count(*) FILTER (WHERE event.kind = 'complaint'),
           count(*) FILTER (WHERE event.kind = 'complaint_decided' AND event.details->>'verdict' = 'upheld'),
           count(*) FILTER (WHERE event.kind = 'complaint_decided' AND event.details->>'verdict' = 'dismissed'),
           coalesce(bool_or(event.kind = 'reinstate' AND event.details ? 'complaint'), false),
           coalesce(bool_or(event.kind IN ('withdraw', 'reinstate')
               OR event.kind = 'complaint_decided' AND event.details->>'verdict' = 'upheld'
               OR event.kind = 'impediment' AND event.details->>'impediment' = 'manifest_errors'), false),
           -- By the clock of what happened an answer told late stands before what was recorded earlier.
           CASE WHEN happened_before IS NOT NULL THEN (SELECT (array_agg(entered.status ORDER BY told.at DESC, told.id DESC))[1]
               FROM takedowns_standing_events(before_id) AS told
               JOIN referrals_cell AS entered ON entered.id = told.to_cell_id LEFT JOIN referrals_cell AS was ON was.id = told.from_cell_id
               WHERE told.referral_id = referral.id AND told.at < happened_before
                 AND (told.kind NOT IN ('check', 'correct', 'co_refer') OR entered.status IS DISTINCT FROM was.status)) END
    FROM referrals_referral AS referral JOIN takedowns_standing_events(before_id) AS event ON event.referral_id = referral.id
    WHERE referral.operation_id = of_operation
      -- Looks that changed nothing say nothing of it.
      AND (event.kind <> 'check' OR event.to_cell_id IS DISTINCT FROM event.from_cell_id)
      AND (happened_before IS NULL OR event.at < happened_before)
      AND takedowns_sees_operation(of_operation)
    GROUP BY referral.id;
$function$;
