ALTER TABLE ledger_countersignature ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON ledger_countersignature FOR SELECT USING ((SELECT takedowns_asks_everything()));
CREATE POLICY added ON ledger_countersignature FOR INSERT WITH CHECK ((SELECT takedowns_asks_everything()));
