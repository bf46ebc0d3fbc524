ALTER TABLE ledger_receiver ENABLE ROW LEVEL SECURITY;
CREATE POLICY everything ON ledger_receiver USING ((SELECT takedowns_asks_everything()));
