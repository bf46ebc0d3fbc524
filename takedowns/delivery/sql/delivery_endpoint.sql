-- A platform reads what is its own.
-- Only services write, after they have checked what the person may do; they ask as the system.
ALTER TABLE delivery_endpoint ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON delivery_endpoint FOR SELECT USING (
    (SELECT takedowns_asks_everything()) OR platform_id = ANY ((SELECT takedowns_asking_platforms())::text[])
);
CREATE POLICY added ON delivery_endpoint FOR INSERT WITH CHECK ((SELECT takedowns_asks_everything()));
CREATE POLICY changed ON delivery_endpoint FOR UPDATE USING ((SELECT takedowns_asks_everything()));
CREATE POLICY deleted ON delivery_endpoint FOR DELETE USING ((SELECT takedowns_asks_everything()));
