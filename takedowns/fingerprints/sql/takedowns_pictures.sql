-- All pictures that are known by hashes, computed of what is attached or given beside an address; what was taken back is none. The one
-- list of them: whoever asks sees those that the policies of the two tables show. Whose quality nobody told counts as good.
CREATE OR REPLACE FUNCTION takedowns_pictures()
RETURNS TABLE (id uuid, referral_id uuid, operation_id uuid, sha256 text, md5 text, pdq text, quality integer)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT one.evidence_id, one.referral_id, one.operation_id, one.sha256::text, one.md5::text, one.pdq::text, one.quality::integer
    FROM fingerprints_fingerprint AS one
    WHERE NOT EXISTS (SELECT 1 FROM evidence_evidencewithdrawal AS gone WHERE gone.evidence_id = one.evidence_id)
    UNION ALL
    SELECT one.id, one.referral_id, one.operation_id, one.sha256::text, one.md5::text, one.pdq::text, coalesce(one.quality, 100)::integer
    FROM fingerprints_givenhash AS one;
END;
