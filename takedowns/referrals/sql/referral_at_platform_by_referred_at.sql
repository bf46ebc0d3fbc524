-- A platform's referrals, sorted by when each was referred (representation/moments.py).
CREATE INDEX referral_at_platform_by_referred_at ON referrals_referral (
    platform_id, (CASE WHEN referred_at IS NULL THEN timestamptz '-infinity' ELSE referred_at END), id
);
