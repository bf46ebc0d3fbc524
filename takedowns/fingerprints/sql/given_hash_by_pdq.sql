-- Search by a hash.
CREATE INDEX given_hash_by_pdq ON fingerprints_givenhash (pdq) WHERE pdq <> '';
