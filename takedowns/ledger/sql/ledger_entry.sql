-- Read by auditors, administrators and services. Written by triggers and takedowns_note_entry alone: there is no policy to insert.
ALTER TABLE ledger_entry ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON ledger_entry FOR SELECT USING ((SELECT takedowns_asks_everything()));
