-- What was signed for this transaction (takedowns_bound()), taken apart: which transaction, "on" for everything, agencies, platforms,
-- person; and for the record who does it, for which agency, where it comes from; and the hand-off to which all is narrowed. NULL for
-- what somebody else made up: whoever gets a statement of their own making to run cannot sign, for the application's role cannot read
-- the keys. And NULL for what was signed for any other transaction: each is known by the microsecond in which it began.
CREATE OR REPLACE FUNCTION takedowns_believed(told text) RETURNS text[]
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    said CONSTANT text := left(told, -65);
BEGIN
    IF coalesce(told, '') = '' THEN  -- by itself: a migration that goes back may find no keys any more
        RETURN NULL;
    END IF;
    IF split_part(said, '|', 1) <> 'at ' || extract(epoch FROM now()) OR NOT EXISTS (
        -- HMAC (RFC 2104) with SHA-256; the key is kept as its two pads.
        SELECT 1 FROM access_contextkey AS key
        WHERE encode(sha256(key.outer_pad || sha256(key.inner_pad || convert_to(said, 'UTF8'))), 'hex') = right(told, 64)
    ) THEN
        RETURN NULL;
    END IF;
    RETURN string_to_array(said, '|');
END $$;
