-- Search by a hash.
CREATE INDEX fingerprint_by_md5 ON fingerprints_fingerprint (md5) WHERE md5 <> '';
