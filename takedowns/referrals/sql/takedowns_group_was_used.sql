-- Whether a referral names its listed group by one of these texts, or did until a correction, for whoever sees all of them. The directory asks,
-- which stands below: a group that was used is ended, not removed.
CREATE OR REPLACE FUNCTION takedowns_group_was_used(names text[]) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT 1 FROM referrals_referral WHERE listed_group <> '' AND listed_group = ANY (names))
        OR EXISTS (
            SELECT 1 FROM referrals_event
            WHERE kind = 'correct' AND jsonb_typeof(details->'listed_group') = 'array' AND details->'listed_group' ?| names
        )
$$;
