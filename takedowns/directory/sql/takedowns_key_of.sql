-- The API key of that prefix, for whoever knows its secret: the digest of it is asked for, and a wrong one finds nothing. Before a
-- call is let in nobody asks, and the table shows nothing.
CREATE OR REPLACE FUNCTION takedowns_key_of(of_prefix text, digest text) RETURNS SETOF directory_apikey
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT key.* FROM directory_apikey AS key WHERE key.prefix = of_prefix AND key.secret_hash = digest
$$;
