-- HMAC (RFC 2104) with SHA-256, cut to 128 bits, of what an item goes by; the key comes as the two blocks that it makes, since PostgreSQL
-- has no HMAC without an extension. The same in Python: deconfliction/keys.py; a test compares the two.
CREATE OR REPLACE FUNCTION takedowns_keyed_digest(name text, inner_block bytea, outer_block bytea) RETURNS bytea
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN substr(sha256(outer_block || sha256(inner_block || convert_to(name, 'UTF8'))), 1, 16);
