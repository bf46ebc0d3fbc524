CREATE INDEX item_by_handle ON referrals_item (takedowns_handle(key)) WHERE takedowns_handle(key) IS NOT NULL;
