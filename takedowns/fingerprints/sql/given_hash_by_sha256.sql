-- Search by a hash.
CREATE INDEX given_hash_by_sha256 ON fingerprints_givenhash (sha256) WHERE sha256 <> '';
