-- The outlets on which holds stand, whoever's. Sees all as the system alone.
CREATE OR REPLACE FUNCTION takedowns_held_outlets() RETURNS uuid[]
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT array_agg(hold.outlet_id) FROM holds_hold AS hold
    WHERE hold.outlet_id IS NOT NULL AND takedowns_hold_stands(hold.released_at, hold.ends_at);
END;
