-- How long something took, to three significant digits.
CREATE OR REPLACE FUNCTION takedowns_taken(since timestamptz, until timestamptz) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT takedowns_three_digits((extract(epoch FROM until - since) * 1000000)::bigint)
$$;
