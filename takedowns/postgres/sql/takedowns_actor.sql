-- Who asks, as the application signed it for this transaction (access/context.py): when, "on" for everything, agencies,
-- platforms, person. NULL where nobody is named, and where somebody else named them: whoever gets a statement of their own
-- making to run can set the setting, but not sign it, for the application's role cannot read the keys. Nor is what was signed
-- for one transaction good for later ones.
CREATE OR REPLACE FUNCTION takedowns_actor() RETURNS text[]
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    told CONSTANT text := current_setting('takedowns.actor', true);
    said text;
BEGIN
    IF coalesce(told, '') = '' THEN
        RETURN NULL;
    END IF;
    said := left(told, -65);
    IF NOT EXISTS (
        -- HMAC (RFC 2104) with SHA-256; the key is kept as its two pads.
        SELECT 1 FROM access_contextkey AS key
        WHERE encode(sha256(key.outer_pad || sha256(key.inner_pad || convert_to(said, 'UTF8'))), 'hex') = right(told, 64)
    ) OR split_part(said, '|', 1)::double precision < extract(epoch FROM now()) - 300 THEN
        RETURN NULL;
    END IF;
    RETURN string_to_array(said, '|');
END $$;
