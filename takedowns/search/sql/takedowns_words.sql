-- What an index of words holds of a text.
CREATE OR REPLACE FUNCTION takedowns_words(said text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT array_to_tsvector(public.takedowns_cut(said))
$$;
