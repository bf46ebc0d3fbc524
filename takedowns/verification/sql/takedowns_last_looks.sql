-- When each item of operations was looked at last, for those who may see the whole operation: asked once, not item by item.
-- Looks past row-level security, as takedowns_looks() does and for the same reason. A platform's contact gets nothing here.
CREATE OR REPLACE FUNCTION takedowns_last_looks(of_operations uuid[]) RETURNS TABLE (item_id uuid, checked_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp ROWS 20000 AS $function$
    SELECT item.id, item.checked_at FROM referrals_item AS item
    WHERE item.id IN (
        SELECT referral.item_id FROM referrals_referral AS referral
        WHERE referral.operation_id IN (SELECT asked FROM unnest(of_operations) AS asked WHERE takedowns_sees_operation(asked))
    );
$function$;
