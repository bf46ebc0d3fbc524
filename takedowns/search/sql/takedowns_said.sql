-- What people wrote in an event.
CREATE OR REPLACE FUNCTION takedowns_said(details jsonb) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(details ->> 'note', '') || ' ' || coalesce(details ->> 'reason', '') || ' '
        || coalesce(details ->> 'question', '') || ' ' || coalesce(details ->> 'answer', '')
$$;
