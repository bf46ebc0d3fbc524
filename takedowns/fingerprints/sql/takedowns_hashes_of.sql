-- The hashes that were given beside an address, of one referral, in a fixed order and each once, as others are told them: nobody learns
-- here who gave which. Empty where none was.
CREATE OR REPLACE FUNCTION takedowns_hashes_of(asked uuid) RETURNS jsonb
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT coalesce(jsonb_agg(told.hashes ORDER BY told.hashes), '[]'::jsonb)
    FROM (
        SELECT DISTINCT jsonb_build_object(
            'sha256', nullif(one.sha256, ''), 'md5', nullif(one.md5, ''), 'pdq', nullif(one.pdq, ''), 'quality', one.quality
        ) AS hashes
        FROM fingerprints_givenhash AS one WHERE one.referral_id = asked
    ) AS told;
END;
