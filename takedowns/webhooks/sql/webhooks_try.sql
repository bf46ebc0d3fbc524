-- As its delivery, whose own policy the inner SELECT obeys.
-- Only services write, after they have checked what the person may do; they ask as the system.
ALTER TABLE webhooks_try ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON webhooks_try FOR SELECT USING (
    EXISTS (SELECT 1 FROM webhooks_delivery AS delivery WHERE delivery.id = webhooks_try.delivery_id)
);
CREATE POLICY added ON webhooks_try FOR INSERT WITH CHECK ((SELECT takedowns_asks_everything()));
CREATE POLICY changed ON webhooks_try FOR UPDATE USING ((SELECT takedowns_asks_everything()));
CREATE POLICY deleted ON webhooks_try FOR DELETE USING ((SELECT takedowns_asks_everything()));
