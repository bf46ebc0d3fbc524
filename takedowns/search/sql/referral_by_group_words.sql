-- A search reads what is not merged into the index yet row by row, so little of that may gather.
CREATE INDEX referral_by_group_words ON referrals_referral USING gin (takedowns_words(listed_group))
    WITH (gin_pending_list_limit = 512) WHERE listed_group <> '';
