-- People name a referral by the end of its id (reference.py). No index serves that where hidden rows might be told from it,
-- so this looks past row-level security and returns ids alone, as a rule one for each name.
CREATE OR REPLACE FUNCTION takedowns_ending_in(names text[]) RETURNS TABLE (ending text, id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT "right"(referral.id::text, 10), referral.id FROM referrals_referral AS referral
    WHERE "right"(referral.id::text, 10) = ANY (names)
$$;
