-- As its referral, whose own policy the inner SELECT obeys. What agencies say among themselves before a referral is made,
-- how they name outlets and groups, and who writes an order is not the platform's to read.
-- Only services write, after they have checked what the person may do; they ask as the system. What a person does is written in
-- that person's name or in nobody's, and comes from where the application signed that it comes from.
ALTER TABLE referrals_event ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON referrals_event FOR SELECT USING (
    (SELECT takedowns_asks_everything())
    OR EXISTS (SELECT 1 FROM referrals_referral AS referral WHERE referral.id = referrals_event.referral_id)
    AND (
        (SELECT takedowns_asking_platforms()) IS NULL
        OR takedowns_told_to_platforms(kind)
    )
);
CREATE POLICY added ON referrals_event FOR INSERT WITH CHECK (
    (SELECT takedowns_asks_everything())
    AND ((SELECT takedowns_doer()) IS NULL OR actor_id IS NULL OR actor_id = (SELECT takedowns_doer()))
    AND origin = (SELECT takedowns_origin())
);
CREATE POLICY changed ON referrals_event FOR UPDATE USING ((SELECT takedowns_asks_everything()));
CREATE POLICY deleted ON referrals_event FOR DELETE USING ((SELECT takedowns_asks_everything()));
