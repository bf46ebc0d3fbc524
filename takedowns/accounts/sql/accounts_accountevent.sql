-- For administrators, through services that ask as the system.
ALTER TABLE accounts_accountevent ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON accounts_accountevent FOR SELECT USING ((SELECT takedowns_asks_everything()));
CREATE POLICY added ON accounts_accountevent FOR INSERT WITH CHECK ((SELECT takedowns_asks_everything()));
CREATE POLICY changed ON accounts_accountevent FOR UPDATE USING ((SELECT takedowns_asks_everything()));
