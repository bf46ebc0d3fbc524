-- The worker's alone, which asks as the system.
ALTER TABLE webhooks_tolddue ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON webhooks_tolddue FOR SELECT USING ((SELECT takedowns_asks_everything()));
CREATE POLICY added ON webhooks_tolddue FOR INSERT WITH CHECK ((SELECT takedowns_asks_everything()));
CREATE POLICY changed ON webhooks_tolddue FOR UPDATE USING ((SELECT takedowns_asks_everything()));
CREATE POLICY deleted ON webhooks_tolddue FOR DELETE USING ((SELECT takedowns_asks_everything()));
