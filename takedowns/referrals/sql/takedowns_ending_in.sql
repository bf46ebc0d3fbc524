-- People name a referral by the end of its id (reference.py). No index serves that where hidden rows might be told from it,
-- so this looks past row-level security; it returns ids alone, as a rule one for each name, and only what whoever asks sees.
CREATE OR REPLACE FUNCTION takedowns_ending_in(names text[]) RETURNS TABLE (ending text, id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT "right"(referral.id::text, 10), referral.id FROM referrals_referral AS referral
    WHERE "right"(referral.id::text, 10) = ANY (names)
      AND takedowns_sees_referral(
          referral.operation_id IN (SELECT own.operation_id FROM takedowns_own_operations() AS own),
          referral.agency_id, referral.platform_id, referral.referred_at IS NOT NULL,
          (SELECT takedowns_asks_everything()), (SELECT takedowns_asking_agencies()), (SELECT takedowns_asking_platforms())
      )
$$;
