-- The referrals of the same operation to which the same picture is attached, or one that looks like it: at most 31 of the 256 bits of
-- PDQ differ, of pictures with a quality of LEAST_QUALITY (models.py) or more. Whoever asks sees those of evidence that they see; what was
-- taken back is none.
-- No index finds near hashes; the operation's are gone through, which takes a microsecond each.
CREATE OR REPLACE FUNCTION takedowns_pictures_like(asked uuid) RETURNS SETOF uuid
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT DISTINCT one.referral_id
    FROM fingerprints_fingerprint AS given
    JOIN fingerprints_fingerprint AS one ON one.operation_id = given.operation_id
    WHERE given.evidence_id = asked
      AND (one.sha256 = given.sha256
           OR (one.quality >= 50 AND given.quality >= 50 AND one.pdq <> '' AND given.pdq <> ''
               AND bit_count(('x' || one.pdq)::bit(256) # ('x' || given.pdq)::bit(256)) <= 31))
      AND NOT EXISTS (SELECT 1 FROM evidence_evidencewithdrawal AS gone WHERE gone.evidence_id = one.evidence_id);
END;
