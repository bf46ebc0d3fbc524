-- Whether an event shows that the platform has the referral: it says so, or it decides, which it could not without. The moves
-- of the lifecycle that stamp acknowledged_at or decided_at (lifecycle.py; a test holds the two together).
CREATE OR REPLACE FUNCTION takedowns_shows_receipt(kind text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN kind IN ('acknowledge', 'remove', 'restrict', 'decline', 'report_unavailable');
