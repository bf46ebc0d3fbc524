-- Whether a hold stands now: nobody released it, and it has not run out.
CREATE OR REPLACE FUNCTION takedowns_hold_stands(released_at timestamptz, ends_at timestamptz) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
RETURN released_at IS NULL AND ends_at > now();
