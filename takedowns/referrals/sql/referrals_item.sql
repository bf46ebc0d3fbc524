-- An address that somebody handed in: for whoever sees a referral of it, whose own policy the inner SELECT obeys, and for the
-- agencies that handed it in or have a hold on it. What must know whether somebody else has it (handing
-- in, holds) asks as the system.
-- Only services write, after they have checked what the person may do; they ask as the system.
ALTER TABLE referrals_item ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON referrals_item FOR SELECT USING (
    (SELECT takedowns_asks_everything())
    OR EXISTS (SELECT 1 FROM referrals_referral AS referral WHERE referral.item_id = referrals_item.id)
    OR id IN (SELECT own.item_id FROM takedowns_own_items() AS own)
);
CREATE POLICY added ON referrals_item FOR INSERT WITH CHECK ((SELECT takedowns_asks_everything()));
CREATE POLICY changed ON referrals_item FOR UPDATE USING ((SELECT takedowns_asks_everything()));
CREATE POLICY deleted ON referrals_item FOR DELETE USING ((SELECT takedowns_asks_everything()));
