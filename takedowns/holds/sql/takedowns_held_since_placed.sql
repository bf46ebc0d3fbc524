-- The items that standing holds covered when they were placed, whoever's. Sees all as the system alone.
CREATE OR REPLACE FUNCTION takedowns_held_since_placed() RETURNS SETOF uuid
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT held.item_id FROM holds_helditem AS held JOIN holds_hold AS hold ON hold.id = held.hold_id
    WHERE takedowns_hold_stands(hold.released_at, hold.ends_at);
END;
