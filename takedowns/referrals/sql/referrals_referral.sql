-- Each condition on who asks stands in a sub-select of its own, so that it is computed once a statement, not once a row.
-- Only services write, after they have checked what the person may do; they ask as the system.
ALTER TABLE referrals_referral ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON referrals_referral FOR SELECT USING (
    (SELECT takedowns_asks_everything())
    OR operation_id IN (
        SELECT operation_id FROM referrals_operation_agencies
        WHERE agency_id = ANY ((SELECT takedowns_asking_agencies())::uuid[])
    )
    OR agency_id = ANY ((SELECT takedowns_asking_agencies())::uuid[])
    OR id IN (
        SELECT referral_id FROM referrals_coreferral
        WHERE agency_id = ANY ((SELECT takedowns_asking_agencies())::uuid[])
    )
    OR (
        platform_id = ANY ((SELECT takedowns_asking_platforms())::text[])
        AND referred_at IS NOT NULL
    )
);
CREATE POLICY added ON referrals_referral FOR INSERT WITH CHECK ((SELECT takedowns_asks_everything()));
CREATE POLICY changed ON referrals_referral FOR UPDATE USING ((SELECT takedowns_asks_everything()));
CREATE POLICY deleted ON referrals_referral FOR DELETE USING ((SELECT takedowns_asks_everything()));
