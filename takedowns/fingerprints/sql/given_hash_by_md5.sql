-- Search by a hash.
CREATE INDEX given_hash_by_md5 ON fingerprints_givenhash (md5) WHERE md5 <> '';
