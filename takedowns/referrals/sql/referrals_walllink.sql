-- As its operation.
-- Only services write, after they have checked what the person may do; they ask as the system.
ALTER TABLE referrals_walllink ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON referrals_walllink FOR SELECT USING (
    (SELECT takedowns_asks_everything())
    OR operation_id IN (
        SELECT operation_id FROM referrals_operation_agencies
        WHERE agency_id = ANY ((SELECT takedowns_asking_agencies())::uuid[])
    )
);
CREATE POLICY added ON referrals_walllink FOR INSERT WITH CHECK ((SELECT takedowns_asks_everything()));
CREATE POLICY changed ON referrals_walllink FOR UPDATE USING ((SELECT takedowns_asks_everything()));
