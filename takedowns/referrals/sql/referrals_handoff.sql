-- As its dispatch, whose own policy the inner SELECT obeys.
-- Only services write, after they have checked what the person may do; they ask as the system.
ALTER TABLE referrals_handoff ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON referrals_handoff FOR SELECT USING (
    (SELECT takedowns_asks_everything())
    OR EXISTS (SELECT 1 FROM referrals_dispatch AS dispatch WHERE dispatch.id = referrals_handoff.dispatch_id)
);
CREATE POLICY added ON referrals_handoff FOR INSERT WITH CHECK ((SELECT takedowns_asks_everything()));
