-- Services read and write it, after they have checked what the person may do; they ask as the system.
ALTER TABLE deconfliction_pairkey ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON deconfliction_pairkey FOR SELECT USING ((SELECT takedowns_asks_everything()));
CREATE POLICY added ON deconfliction_pairkey FOR INSERT WITH CHECK ((SELECT takedowns_asks_everything()));
CREATE POLICY changed ON deconfliction_pairkey FOR UPDATE USING ((SELECT takedowns_asks_everything()));
CREATE POLICY deleted ON deconfliction_pairkey FOR DELETE USING ((SELECT takedowns_asks_everything()));
