-- Its own agency's, and of whoever sees the referral it joined, whose own policy the inner SELECT obeys. Not a platform's: who
-- else handed the item in is said among agencies.
-- Only services write, after they have checked what the person may do; they ask as the system.
ALTER TABLE referrals_coreferral ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON referrals_coreferral FOR SELECT USING (
    (SELECT takedowns_asks_everything())
    OR agency_id = ANY ((SELECT takedowns_asking_agencies())::uuid[])
    OR (SELECT takedowns_asking_platforms()) IS NULL
    AND EXISTS (SELECT 1 FROM referrals_referral AS referral WHERE referral.id = referral_id)
);
CREATE POLICY added ON referrals_coreferral FOR INSERT WITH CHECK ((SELECT takedowns_asks_everything()));
CREATE POLICY changed ON referrals_coreferral FOR UPDATE USING ((SELECT takedowns_asks_everything()));
CREATE POLICY deleted ON referrals_coreferral FOR DELETE USING ((SELECT takedowns_asks_everything()));
