-- As its hold, whose own policy the inner SELECT obeys.
-- Only services write, after they have checked what the person may do; they ask as the system.
ALTER TABLE holds_helditem ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON holds_helditem FOR SELECT USING (
    (SELECT takedowns_asks_everything())
    OR EXISTS (SELECT 1 FROM holds_hold AS hold WHERE hold.id = holds_helditem.hold_id)
);
CREATE POLICY added ON holds_helditem FOR INSERT WITH CHECK ((SELECT takedowns_asks_everything()));
CREATE POLICY deleted ON holds_helditem FOR DELETE USING ((SELECT takedowns_asks_everything()));
