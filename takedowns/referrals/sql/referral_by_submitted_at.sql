-- The list of an operation, sorted by when each was submitted.
CREATE INDEX referral_by_submitted_at ON referrals_referral (operation_id, submitted_at, id);
