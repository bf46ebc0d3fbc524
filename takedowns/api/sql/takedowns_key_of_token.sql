-- The API key that a token was given out for, and what the token is good for, for whoever knows the token: its digest is asked for, and
-- a wrong one finds nothing. Before a call is let in nobody asks, and the tables show nothing. One that was revoked is not there.
CREATE OR REPLACE FUNCTION takedowns_key_of_token(of_digest text)
RETURNS TABLE (key directory_apikey, scopes text[], certificate text, expires_at timestamptz)
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT key, token.scopes::text[], token.certificate::text, token.expires_at
    FROM api_accesstoken AS token JOIN directory_apikey AS key ON key.id = token.key_id
    WHERE token.digest = of_digest AND token.revoked_at IS NULL
$$;
