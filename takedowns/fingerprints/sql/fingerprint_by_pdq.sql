-- Search by a hash.
CREATE INDEX fingerprint_by_pdq ON fingerprints_fingerprint (pdq) WHERE pdq <> '';
