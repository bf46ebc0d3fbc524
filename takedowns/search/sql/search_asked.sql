-- Counted by services, as the system; read by the agency itself and by whoever looks after the installation.
ALTER TABLE search_asked ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON search_asked FOR SELECT USING (
    (SELECT takedowns_asks_everything()) OR agency_id = ANY ((SELECT takedowns_asking_agencies())::uuid[])
);
CREATE POLICY added ON search_asked FOR INSERT WITH CHECK ((SELECT takedowns_asks_everything()));
CREATE POLICY changed ON search_asked FOR UPDATE USING ((SELECT takedowns_asks_everything()));
CREATE POLICY deleted ON search_asked FOR DELETE USING ((SELECT takedowns_asks_everything()));
