-- Everybody may know that an item is on hold; whose hold it is and why stays behind the policy on the table itself.
CREATE OR REPLACE FUNCTION takedowns_items_on_hold() RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT DISTINCT item.id FROM holds_hold AS hold
    JOIN referrals_item AS item ON takedowns_hold_covers(hold.item_id, hold.outlet_id, item.id, item.outlet_id)
    WHERE takedowns_hold_stands(hold.released_at, hold.ends_at)
$$;
