-- As its hold and its item, whose own policies the inner SELECTs obey: what a hold covers of others' work is not its agency's to read.
-- Only services write, after they have checked what the person may do; they ask as the system.
ALTER TABLE holds_helditem ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON holds_helditem FOR SELECT USING (
    (SELECT takedowns_asks_everything())
    OR EXISTS (SELECT 1 FROM holds_hold AS hold WHERE hold.id = holds_helditem.hold_id)
    AND EXISTS (SELECT 1 FROM referrals_item AS item WHERE item.id = holds_helditem.item_id)
);
CREATE POLICY added ON holds_helditem FOR INSERT WITH CHECK ((SELECT takedowns_asks_everything()));
CREATE POLICY deleted ON holds_helditem FOR DELETE USING ((SELECT takedowns_asks_everything()));
