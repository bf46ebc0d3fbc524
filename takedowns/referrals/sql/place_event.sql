-- The first event of a referral comes after nothing, and loads write those by the ten thousand.
CREATE TRIGGER place_event BEFORE INSERT ON referrals_event
FOR EACH ROW WHEN (NEW.referral_id IS NOT NULL AND NEW.kind <> 'submit') EXECUTE FUNCTION takedowns_place_event();
