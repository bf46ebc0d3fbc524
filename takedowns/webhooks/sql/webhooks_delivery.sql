-- As its endpoint, whose own policy the inner SELECT obeys.
-- Only services write, after they have checked what the person may do; they ask as the system.
ALTER TABLE webhooks_delivery ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON webhooks_delivery FOR SELECT USING (
    EXISTS (SELECT 1 FROM webhooks_endpoint AS endpoint WHERE endpoint.id = webhooks_delivery.endpoint_id)
);
CREATE POLICY added ON webhooks_delivery FOR INSERT WITH CHECK ((SELECT takedowns_asks_everything()));
CREATE POLICY changed ON webhooks_delivery FOR UPDATE USING ((SELECT takedowns_asks_everything()));
CREATE POLICY deleted ON webhooks_delivery FOR DELETE USING ((SELECT takedowns_asks_everything()));
