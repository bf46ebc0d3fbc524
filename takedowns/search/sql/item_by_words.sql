-- A search reads what is not merged into the index yet row by row, so little of that may gather.
CREATE INDEX item_by_words ON referrals_item USING gin (takedowns_words(key)) WITH (gin_pending_list_limit = 512);
