-- As the evidence, whose own policy the inner SELECT obeys.
ALTER TABLE evidence_evidencewithdrawal ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON evidence_evidencewithdrawal FOR SELECT USING (
    (SELECT takedowns_asks_everything())
    OR EXISTS (SELECT 1 FROM evidence_evidence AS evidence WHERE evidence.id = evidence_id)
);
CREATE POLICY added ON evidence_evidencewithdrawal FOR INSERT WITH CHECK ((SELECT takedowns_asks_everything()));
