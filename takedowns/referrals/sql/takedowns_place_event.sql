-- What happened to one referral is read in the order in which it happened. A transaction takes its number when it begins to
-- write; one that began first may wait for another at a row, and then be the second to move it. And ids of one millisecond
-- are in no order. So an event that would stand before the last one of its referral is placed right behind that.
--
-- No reader can have passed that place: it goes no further than the oldest transaction in flight, which is this one or older.
CREATE OR REPLACE FUNCTION takedowns_place_event() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    last record;
BEGIN
    SELECT event.xid, event.id INTO last FROM referrals_event AS event
    WHERE event.referral_id = NEW.referral_id ORDER BY event.xid DESC, event.id DESC LIMIT 1;
    IF FOUND THEN
        NEW.xid := greatest(NEW.xid, last.xid);
        IF NEW.id <= last.id THEN
            NEW.id := (
                left(last.id::text, 24)
                || lpad(to_hex(('x' || right(last.id::text, 12))::bit(48)::bigint + 1), 12, '0')
            )::uuid;
        END IF;
    END IF;
    RETURN NEW;
END $$;
