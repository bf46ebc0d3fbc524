-- The name a channel or account goes by, as it is taken along to another platform: without signs between its words and
-- without digits at its end ("lantern_news2" follows "Lantern-News"). NULL where the key holds no name: an invite, a number.
CREATE OR REPLACE FUNCTION takedowns_handle(key text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN length(name) >= 5 AND key !~ '^([+]|join/|joinchat/)' AND name !~
        '^(status|story|stories|watch|posts|photo|video|videos|reel|reels|album|channel|group|message|profile|permalink)$'
    THEN name END FROM (
        SELECT regexp_replace(regexp_replace(
            CASE WHEN key ~ '^[@#!].*:' THEN regexp_replace(lower(key), '^.([^:]*):.*$', '\1')
                 ELSE regexp_replace(regexp_replace(lower(key), '/[0-9]+$', ''), '^.*/', '') END,
            '[-_.@ ]+', '', 'g'), '[0-9]+$', '') AS name
    ) AS named
$$;
