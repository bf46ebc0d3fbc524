-- The list of an operation, sorted by when each was referred (sorting.py).
CREATE INDEX referral_by_referred_at ON referrals_referral (
    operation_id, (CASE WHEN referred_at IS NULL THEN timestamptz '-infinity' ELSE referred_at END), id
);
