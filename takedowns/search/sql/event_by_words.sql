-- A search reads what is not merged into the index yet row by row, so little of that may gather.
CREATE INDEX event_by_words ON referrals_event USING gin (takedowns_words(takedowns_said(details)))
    WITH (gin_pending_list_limit = 512) WHERE details ?| ARRAY['note', 'reason', 'question', 'answer'];
