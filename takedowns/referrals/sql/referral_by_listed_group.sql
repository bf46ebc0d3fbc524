-- The distinct texts that referrals name a group by, and how many hold each.
CREATE INDEX referral_by_listed_group ON referrals_referral (listed_group) WHERE listed_group <> '';
