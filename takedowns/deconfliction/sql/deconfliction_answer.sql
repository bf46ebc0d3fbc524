-- What a partner said of an item is for whoever sees a referral of it, whose own policy the inner SELECT obeys; never for a platform.
ALTER TABLE deconfliction_answer ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON deconfliction_answer FOR SELECT USING (
    (SELECT takedowns_asks_everything())
    OR (SELECT takedowns_asking_platforms()) IS NULL
    AND EXISTS (SELECT 1 FROM referrals_referral AS referral WHERE referral.item_id = deconfliction_answer.item_id)
);
CREATE POLICY added ON deconfliction_answer FOR INSERT WITH CHECK ((SELECT takedowns_asks_everything()));
CREATE POLICY changed ON deconfliction_answer FOR UPDATE USING ((SELECT takedowns_asks_everything()));
CREATE POLICY deleted ON deconfliction_answer FOR DELETE USING ((SELECT takedowns_asks_everything()));
