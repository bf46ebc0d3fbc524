-- Whether what a reviewer opened is theirs still, by the moment until when it was given: not past it, and not further ahead than a lease lasts
-- (ten minutes, review/leases.py) and clocks may differ (five). One that is was given by a clock that ran ahead and was set back since.
CREATE OR REPLACE FUNCTION takedowns_lease_holds(until timestamptz) RETURNS boolean
LANGUAGE sql VOLATILE PARALLEL SAFE
RETURN until > clock_timestamp() AND until <= clock_timestamp() + interval '15 minutes';
