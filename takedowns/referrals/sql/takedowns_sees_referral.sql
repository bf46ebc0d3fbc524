-- Who sees a referral. Declared here and nowhere else: the policies ask it, and querysets and statements (visibility.py).
--
-- Its own agency, the agencies that take part in its operation, its platform from the moment it was referred, and whoever
-- sees everything. Not an agency that handed the same item in for another operation: that one learns what became of it
-- (co_referrals.py), and nothing of the referral.
--
-- The first four arguments are of the referral, the last three of who asks. One expression without a sub-select, and each
-- argument once, so that the planner puts it in the place of the call, with sub-selects that are computed once a statement.
CREATE OR REPLACE FUNCTION takedowns_sees_referral(
    takes_part boolean, of_agency uuid, of_platform text, was_referred boolean,
    everything boolean, agencies uuid[], platforms text[]
) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN everything OR takes_part OR of_agency = ANY (agencies) OR (was_referred AND of_platform = ANY (platforms));
