ALTER TABLE ledger_witnessedhead ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON ledger_witnessedhead FOR SELECT USING ((SELECT takedowns_asks_everything()));
CREATE POLICY added ON ledger_witnessedhead FOR INSERT WITH CHECK ((SELECT takedowns_asks_everything()));
