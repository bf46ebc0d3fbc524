-- As the evidence, whose own policy the inner SELECT obeys.
ALTER TABLE evidence_evidenceaccess ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON evidence_evidenceaccess FOR SELECT USING (
    (SELECT takedowns_asks_everything())
    OR EXISTS (SELECT 1 FROM evidence_evidence AS evidence WHERE evidence.id = evidence_id)
);
CREATE POLICY added ON evidence_evidenceaccess FOR INSERT WITH CHECK ((SELECT takedowns_asks_everything()));
