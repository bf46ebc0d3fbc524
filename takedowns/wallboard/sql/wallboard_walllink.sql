-- As its operation.
-- Only services write, after they have checked what the person may do; they ask as the system.
ALTER TABLE wallboard_walllink ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON wallboard_walllink FOR SELECT USING (
    (SELECT takedowns_asks_everything())
    OR operation_id IN (SELECT own.operation_id FROM takedowns_own_operations() AS own)
);
CREATE POLICY added ON wallboard_walllink FOR INSERT WITH CHECK ((SELECT takedowns_asks_everything()));
CREATE POLICY changed ON wallboard_walllink FOR UPDATE USING ((SELECT takedowns_asks_everything()));
