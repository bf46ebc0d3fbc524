-- As its batch, whose own policy the inner SELECT obeys.
ALTER TABLE answers_batchrow ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON answers_batchrow FOR SELECT USING (
    (SELECT takedowns_asks_everything())
    OR EXISTS (SELECT 1 FROM answers_batch AS whole WHERE whole.id = answers_batchrow.batch_id)
);
CREATE POLICY written ON answers_batchrow USING ((SELECT takedowns_asks_everything()));
