-- Only retention changes them: where what is withheld goes, its salt goes with it.
ALTER TABLE ledger_salts ENABLE ROW LEVEL SECURITY;
CREATE POLICY everything ON ledger_salts USING ((SELECT takedowns_asks_everything()));
