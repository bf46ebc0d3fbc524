-- A notice is its agency's.
-- Only services write, after they have checked what the person may do; they ask as the system.
ALTER TABLE notices_notice ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON notices_notice FOR SELECT USING (
    (SELECT takedowns_asks_everything()) OR agency_id = ANY ((SELECT takedowns_asking_agencies())::uuid[])
);
CREATE POLICY added ON notices_notice FOR INSERT WITH CHECK ((SELECT takedowns_asks_everything()));
CREATE POLICY deleted ON notices_notice FOR DELETE USING ((SELECT takedowns_asks_everything()));
