-- What the items go by on which holds stand, whoever's. Sees all as the system alone.
CREATE OR REPLACE FUNCTION takedowns_held_names() RETURNS text[]
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT array_agg(item.platform_id || ':' || item.key)
    FROM holds_hold AS hold JOIN referrals_item AS item ON item.id = hold.item_id
    WHERE takedowns_hold_stands(hold.released_at, hold.ends_at);
END;
