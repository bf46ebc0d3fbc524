-- A platform's referrals, sorted by when each was decided (representation/moments.py).
CREATE INDEX referral_at_platform_by_decided_at ON referrals_referral (
    platform_id, (CASE WHEN decided_at IS NULL THEN timestamptz '-infinity' ELSE decided_at END), id
);
