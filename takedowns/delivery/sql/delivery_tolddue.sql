-- The worker's alone, which asks as the system.
ALTER TABLE delivery_tolddue ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON delivery_tolddue FOR SELECT USING ((SELECT takedowns_asks_everything()));
CREATE POLICY added ON delivery_tolddue FOR INSERT WITH CHECK ((SELECT takedowns_asks_everything()));
CREATE POLICY changed ON delivery_tolddue FOR UPDATE USING ((SELECT takedowns_asks_everything()));
CREATE POLICY deleted ON delivery_tolddue FOR DELETE USING ((SELECT takedowns_asks_everything()));
