CREATE TRIGGER wake_webhooks AFTER INSERT ON referrals_event
REFERENCING NEW TABLE AS new_events FOR EACH STATEMENT EXECUTE FUNCTION takedowns_wake_webhooks();
