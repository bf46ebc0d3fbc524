ALTER TABLE ledger_timestamp ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON ledger_timestamp FOR SELECT USING ((SELECT takedowns_asks_everything()));
CREATE POLICY added ON ledger_timestamp FOR INSERT WITH CHECK ((SELECT takedowns_asks_everything()));
