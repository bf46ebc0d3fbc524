-- A hold says that it exists, not whose it is: only its own agency reads the row.
-- Only services write, after they have checked what the person may do; they ask as the system.
ALTER TABLE referrals_hold ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON referrals_hold FOR SELECT USING (
    (SELECT takedowns_asks_everything()) OR agency_id = ANY ((SELECT takedowns_asking_agencies())::uuid[])
);
CREATE POLICY added ON referrals_hold FOR INSERT WITH CHECK ((SELECT takedowns_asks_everything()));
CREATE POLICY changed ON referrals_hold FOR UPDATE USING ((SELECT takedowns_asks_everything()));
CREATE POLICY deleted ON referrals_hold FOR DELETE USING ((SELECT takedowns_asks_everything()));
