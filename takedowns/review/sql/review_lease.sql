-- Whoever sees a referral at their agency may know that a colleague has it open; the policy of the referral's own table decides.
-- A person opens for themselves what they may see, and takes over what has run out; whether they review, the service asks first.
ALTER TABLE review_lease ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON review_lease FOR SELECT USING (
    (SELECT takedowns_asks_everything())
    OR (SELECT takedowns_asking_agencies()) IS NOT NULL
       AND EXISTS (SELECT 1 FROM referrals_referral AS referral WHERE referral.id = review_lease.referral_id)
);
CREATE POLICY added ON review_lease FOR INSERT WITH CHECK (
    (SELECT takedowns_asks_everything())
    OR user_id = (SELECT takedowns_asking_person())
       AND EXISTS (SELECT 1 FROM referrals_referral AS referral WHERE referral.id = review_lease.referral_id)
);
CREATE POLICY changed ON review_lease FOR UPDATE USING (
    (SELECT takedowns_asks_everything()) OR user_id = (SELECT takedowns_asking_person()) OR NOT takedowns_lease_holds(until)
) WITH CHECK ((SELECT takedowns_asks_everything()) OR user_id = (SELECT takedowns_asking_person()));
CREATE POLICY deleted ON review_lease FOR DELETE USING (
    (SELECT takedowns_asks_everything()) OR user_id = (SELECT takedowns_asking_person())
);
