-- Removal orders, of which there are few, sorted by when each is due (representation/moments.py).
CREATE INDEX referral_by_due_at ON referrals_referral (due_at, id) WHERE due_at IS NOT NULL;
