-- As its endpoint, whose own policy the inner SELECT obeys.
-- Only services write, after they have checked what the person may do; they ask as the system.
ALTER TABLE delivery_delivery ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON delivery_delivery FOR SELECT USING (
    EXISTS (SELECT 1 FROM delivery_endpoint AS endpoint WHERE endpoint.id = delivery_delivery.endpoint_id)
);
CREATE POLICY added ON delivery_delivery FOR INSERT WITH CHECK ((SELECT takedowns_asks_everything()));
CREATE POLICY changed ON delivery_delivery FOR UPDATE USING ((SELECT takedowns_asks_everything()));
CREATE POLICY deleted ON delivery_delivery FOR DELETE USING ((SELECT takedowns_asks_everything()));
