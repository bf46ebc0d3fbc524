-- Who sees a referral says takedowns_sees_referral(); whoever came by a link sees of that what went with its hand-off.
-- Only services write, after they have checked what the person may do; they ask as the system.
ALTER TABLE referrals_referral ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON referrals_referral FOR SELECT USING (
    takedowns_sees_referral(
        operation_id IN (SELECT own.operation_id FROM takedowns_own_operations() AS own),
        agency_id, platform_id, referred_at IS NOT NULL,
        (SELECT takedowns_asks_everything()), (SELECT takedowns_asking_agencies()), (SELECT takedowns_asking_platforms())
    )
    -- Asked first whether it is narrowed at all: the function names its last argument more than once, so that the planner
    -- would otherwise call it row by row, which cost more than all the rest of the policy.
    AND (
        (SELECT takedowns_asking_hand_off()) IS NULL
        OR takedowns_within_hand_off(operation_id, referred_at, (SELECT takedowns_asking_hand_off()))
    )
);
CREATE POLICY added ON referrals_referral FOR INSERT WITH CHECK ((SELECT takedowns_asks_everything()));
CREATE POLICY changed ON referrals_referral FOR UPDATE USING ((SELECT takedowns_asks_everything()));
CREATE POLICY deleted ON referrals_referral FOR DELETE USING ((SELECT takedowns_asks_everything()));
