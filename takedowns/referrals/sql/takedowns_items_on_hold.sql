-- Everybody may know that an item is on hold; whose hold it is and why stays behind the policy on the table itself.
CREATE OR REPLACE FUNCTION takedowns_items_on_hold() RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT item_id FROM referrals_hold WHERE item_id IS NOT NULL AND released_at IS NULL AND ends_at > now()
    UNION
    SELECT item.id FROM referrals_item AS item JOIN referrals_hold AS hold ON hold.outlet_id = item.outlet_id
    WHERE hold.released_at IS NULL AND hold.ends_at > now()
$$;
