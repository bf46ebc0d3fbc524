-- Whether a kind of event is told to the platform of its referral: by its policy, and by what wakes webhooks. What agencies say
-- among themselves is not: who submitted, reviewed, sent back or corrected it, who wrote the text of an order, and what
-- is done about the platform's own silence.
CREATE OR REPLACE FUNCTION takedowns_told_to_platforms(kind text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN kind NOT IN (
    'submit', 'co_refer', 'approve', 'reject', 'reopen', 'send_back', 'resubmit', 'undo_review', 'correct', 'write_order',
    'remind', 'suggest_order'
);
