ALTER TABLE ledger_head ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON ledger_head FOR SELECT USING ((SELECT takedowns_asks_everything()));
CREATE POLICY added ON ledger_head FOR INSERT WITH CHECK ((SELECT takedowns_asks_everything()));
