-- How many API keys of a platform work now: all of them, or, where a scope is named, those for real work that have it. Whoever
-- works for an agency is told the number, for it decides how a platform is reached; the keys are the administrators' to see.
CREATE OR REPLACE FUNCTION takedowns_valid_keys(of_platform text, may text) RETURNS bigint
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT count(*) FROM directory_apikey AS key
    WHERE key.platform_id = of_platform AND key.revoked_at IS NULL AND (key.expires_at IS NULL OR key.expires_at > statement_timestamp())
      AND (may = '' OR NOT key.test AND may = ANY (key.scopes))
      AND ((SELECT takedowns_asks_everything()) OR (SELECT takedowns_asking_agencies()) IS NOT NULL)
$$;
