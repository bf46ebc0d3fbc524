-- What the application signed (access/context.py), signed anew for this transaction alone, with the key that it was signed with.
-- The first travels as a parameter, which no statement reads; what is set for statements to be believed is of no use in any other
-- transaction. Empty for what somebody else made up, and for what the application signed more than five minutes ago.
CREATE OR REPLACE FUNCTION takedowns_bound(told text) RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    said CONSTANT text := left(told, -65);
    bound CONSTANT text := 'at ' || extract(epoch FROM now()) || substr(said, strpos(said, '|'));
    key record;
BEGIN
    IF coalesce(told, '') = '' THEN  -- by itself: a migration that goes back may find no keys any more
        RETURN '';
    END IF;
    -- HMAC (RFC 2104) with SHA-256; the key is kept as its two pads.
    SELECT * INTO key FROM access_contextkey AS one
    WHERE encode(sha256(one.outer_pad || sha256(one.inner_pad || convert_to(said, 'UTF8'))), 'hex') = right(told, 64);
    -- Nor is what was bound to one transaction bound to another: it does not begin with a number.
    IF NOT FOUND OR split_part(said, '|', 1) !~ '^[0-9]+\.[0-9]+$'
        OR split_part(said, '|', 1)::double precision < extract(epoch FROM now()) - 300 THEN
        RETURN '';
    END IF;
    RETURN bound || '|' || encode(sha256(key.outer_pad || sha256(key.inner_pad || convert_to(bound, 'UTF8'))), 'hex');
END $$;
