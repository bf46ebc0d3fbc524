ALTER TABLE ledger_seal ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON ledger_seal FOR SELECT USING ((SELECT takedowns_asks_everything()));
CREATE POLICY added ON ledger_seal FOR INSERT WITH CHECK ((SELECT takedowns_asks_everything()));
