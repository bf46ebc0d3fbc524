-- For administrators, through services that ask as the system.
ALTER TABLE accounts_invitation ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON accounts_invitation FOR SELECT USING ((SELECT takedowns_asks_everything()));
CREATE POLICY added ON accounts_invitation FOR INSERT WITH CHECK ((SELECT takedowns_asks_everything()));
CREATE POLICY changed ON accounts_invitation FOR UPDATE USING ((SELECT takedowns_asks_everything()));
CREATE POLICY deleted ON accounts_invitation FOR DELETE USING ((SELECT takedowns_asks_everything()));
