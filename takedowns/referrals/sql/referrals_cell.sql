-- A combination in which referrals of an operation stand, without a word of them: for whoever sees the operation, for the agency
-- whose referrals they are, and for the platform from the moment on from which it sees them.
-- Only services write, after they have checked what the person may do; they ask as the system.
ALTER TABLE referrals_cell ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON referrals_cell FOR SELECT USING (
    (SELECT takedowns_asks_everything())
    OR operation_id IN (SELECT own.operation_id FROM takedowns_own_operations() AS own)
    OR agency_id = ANY ((SELECT takedowns_asking_agencies())::uuid[])
    OR platform_id = ANY ((SELECT takedowns_asking_platforms())::text[]) AND status NOT IN ('submitted', 'approved', 'rejected')
);
CREATE POLICY added ON referrals_cell FOR INSERT WITH CHECK ((SELECT takedowns_asks_everything()));
CREATE POLICY changed ON referrals_cell FOR UPDATE USING ((SELECT takedowns_asks_everything()));
CREATE POLICY deleted ON referrals_cell FOR DELETE USING ((SELECT takedowns_asks_everything()));
