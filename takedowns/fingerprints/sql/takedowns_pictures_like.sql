-- The referrals of the same operation that have the same picture, or one that looks like it: the same SHA-256 or MD5, or at most 31 of
-- the 256 bits of PDQ differ, of pictures with a quality of LEAST_QUALITY (models.py) or more. Which pictures there are, and who sees
-- them, says takedowns_pictures.sql.
-- No index finds near hashes; the operation's are gone through, which takes a microsecond each.
CREATE OR REPLACE FUNCTION takedowns_pictures_like(asked uuid) RETURNS SETOF uuid
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
    SELECT DISTINCT one.referral_id
    FROM takedowns_pictures() AS given
    JOIN takedowns_pictures() AS one ON one.operation_id = given.operation_id
    WHERE given.id = asked
      AND (one.sha256 <> '' AND one.sha256 = given.sha256
           OR one.md5 <> '' AND one.md5 = given.md5
           OR one.quality >= 50 AND given.quality >= 50 AND one.pdq <> '' AND given.pdq <> ''
              AND bit_count(('x' || one.pdq)::bit(256) # ('x' || given.pdq)::bit(256)) <= 31);
END;
