-- To which one dispatch all is narrowed for whoever asks (access/actor.py): its operation and its moment. NULL: not narrowed.
CREATE OR REPLACE FUNCTION takedowns_asking_hand_off() RETURNS text[] LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT string_to_array(nullif((takedowns_actor())[9], ''), ',')
$$;
