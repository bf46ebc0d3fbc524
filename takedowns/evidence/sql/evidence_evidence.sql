-- An agency sees what it attached; coordinators of the operation see it too. Whoever answers for a platform never does.
-- That somebody coordinates is read from the memberships: the transaction names agencies and the person, not roles.
ALTER TABLE evidence_evidence ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON evidence_evidence FOR SELECT USING (
    (SELECT takedowns_asks_everything())
    OR (SELECT takedowns_asking_platforms()) IS NULL
    AND (
        agency_id = ANY ((SELECT takedowns_asking_agencies())::uuid[])
        OR referral_id IN (
            SELECT referral.id FROM referrals_referral AS referral
            WHERE referral.id = evidence_evidence.referral_id AND referral.operation_id IN (
                SELECT coordinated.operation_id FROM takedowns_operations_of((
                    SELECT array_agg(agency_id) FROM directory_membership
                    WHERE user_id = (SELECT takedowns_asking_person()) AND role = 'coordinator'
                )) AS coordinated
            )
        )
    )
);
CREATE POLICY added ON evidence_evidence FOR INSERT WITH CHECK ((SELECT takedowns_asks_everything()));
-- Each change becomes an entry of the ledger.
CREATE TRIGGER ledger_added AFTER INSERT ON evidence_evidence REFERENCING NEW TABLE AS fresh_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
CREATE TRIGGER ledger_changed AFTER UPDATE ON evidence_evidence REFERENCING OLD TABLE AS former_rows NEW TABLE AS fresh_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
CREATE TRIGGER ledger_removed AFTER DELETE ON evidence_evidence REFERENCING OLD TABLE AS former_rows
FOR EACH STATEMENT EXECUTE FUNCTION takedowns_write_entry();
