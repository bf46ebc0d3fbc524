-- All words of what somebody typed; of the last one, if it is long enough, the beginning suffices. NULL without a word.
CREATE OR REPLACE FUNCTION takedowns_query(typed text) RETURNS tsquery LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT string_agg(
        '''' || word || '''' || CASE WHEN length(word) >= 3 AND place = cardinality(words) THEN ':*' ELSE '' END, ' & '
    )::tsquery
    FROM public.takedowns_cut(typed) AS words CROSS JOIN unnest(words) WITH ORDINALITY AS each (word, place)
$$;
