-- The messages of an operation that stand and that whoever asks has not marked as read, newest first.
CREATE OR REPLACE FUNCTION takedowns_standing_messages(wanted uuid) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT coalesce(jsonb_agg(
        jsonb_build_object('id', message.id, 'text', message.text, 'at', message.at, 'ends_at', message.ends_at,
                           'by', coalesce(nullif(author.name, ''), author.email, ''))
        ORDER BY message.at DESC
    ), '[]')
    FROM notices_message AS message LEFT JOIN directory_user AS author ON author.id = message.by_id
    WHERE message.operation_id = wanted AND (message.ends_at IS NULL OR message.ends_at > now())
      AND NOT EXISTS (SELECT 1 FROM notices_messageend AS ended WHERE ended.message_id = message.id)
      AND NOT EXISTS (
          SELECT 1 FROM notices_messageseen AS seen
          WHERE seen.message_id = message.id AND seen.user_id = takedowns_asking_person() AND seen.how = 'read'
      )
$$;
