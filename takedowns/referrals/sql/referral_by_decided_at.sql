-- The list of an operation, sorted by when each was decided (sorting.py).
CREATE INDEX referral_by_decided_at ON referrals_referral (
    operation_id, (CASE WHEN decided_at IS NULL THEN timestamptz '-infinity' ELSE decided_at END), id
);
