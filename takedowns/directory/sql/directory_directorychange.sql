-- Only services write, after they have checked what the person may do; they ask as the system.
ALTER TABLE directory_directorychange ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON directory_directorychange FOR SELECT USING ((SELECT takedowns_asks_everything()));
CREATE POLICY added ON directory_directorychange FOR INSERT WITH CHECK ((SELECT takedowns_asks_everything()));
