-- Canonical JSON (RFC 8785) of a flat object: members in the order of their names, values as PostgreSQL's text, or null.
-- Names are those of columns, hence ASCII; to_json escapes in strings what the RFC says, and nothing else.
CREATE OR REPLACE FUNCTION takedowns_flat_json(fields jsonb) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT '{' || coalesce(string_agg(
        to_json(name)::text || ':' || coalesce(to_json(value)::text, 'null'), ',' ORDER BY name COLLATE "C"
    ), '') || '}'
    FROM jsonb_each_text(fields) AS field (name, value)
$$;
