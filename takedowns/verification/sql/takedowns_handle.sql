-- The name a channel or account goes by, as it is taken along to another platform: without signs between its words and
-- without digits at its end ("lantern_news2" follows "Lantern-News"). NULL where the key holds no name: an invite, a number.
-- Each item that is written asks it twice, so it looks for a pattern only where there can be one.
CREATE OR REPLACE FUNCTION takedowns_handle(key text) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    name text := lower(key);
BEGIN
    IF key ~ '^([+]|join/|joinchat/)' THEN
        RETURN NULL;
    ELSIF key ~ '^[@#!].*:' THEN
        name := regexp_replace(name, '^.([^:]*):.*$', '\1');
    ELSIF strpos(name, '/') > 0 THEN
        name := regexp_replace(regexp_replace(name, '/[0-9]+$', ''), '^.*/', '');
    END IF;
    name := rtrim(translate(name, '-_.@ ', ''), '0123456789');
    RETURN CASE WHEN length(name) >= 5 AND name NOT IN (
        'status', 'story', 'stories', 'watch', 'posts', 'photo', 'video', 'videos', 'reel', 'reels', 'album', 'channel', 'group',
        'message', 'profile', 'permalink'
    ) THEN name END;
END $$;
