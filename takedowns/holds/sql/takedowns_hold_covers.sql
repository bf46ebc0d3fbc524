-- Whether a hold on an item or an outlet covers an item (given with its outlet).
CREATE OR REPLACE FUNCTION takedowns_hold_covers(of_item uuid, of_outlet uuid, item uuid, outlet uuid) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN of_item = item OR of_outlet = outlet;
