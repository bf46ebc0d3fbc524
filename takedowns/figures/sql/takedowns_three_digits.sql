-- A duration to three significant digits: so few are told apart that counts of each can be kept.
CREATE OR REPLACE FUNCTION takedowns_three_digits(microseconds bigint) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT round(microseconds::numeric, least(0, 3 - length(abs(microseconds)::text)))::bigint
$$;
