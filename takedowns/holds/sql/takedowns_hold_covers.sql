-- Whether a hold on an item or an outlet covers an item: it is that item, it lies under it (a message of the channel, a post
-- of the account, as far as the key tells), or it is of that outlet. The first four arguments are of the hold (platform and
-- key of the item it is on), the last four of the item.
CREATE OR REPLACE FUNCTION takedowns_hold_covers(
    of_item uuid, of_outlet uuid, of_platform text, of_key text, item uuid, outlet uuid, platform text, key text
) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN of_item = item OR of_outlet = outlet OR (of_platform = platform AND starts_with(key, of_key || '/'));
