-- As its dispatch, whose own policy the inner SELECT obeys.
-- Only services write, after they have checked what the person may do; they ask as the system.
ALTER TABLE sending_handoff ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON sending_handoff FOR SELECT USING (
    (SELECT takedowns_asks_everything())
    OR EXISTS (SELECT 1 FROM sending_dispatch AS dispatch WHERE dispatch.id = sending_handoff.dispatch_id)
);
CREATE POLICY added ON sending_handoff FOR INSERT WITH CHECK ((SELECT takedowns_asks_everything()));
