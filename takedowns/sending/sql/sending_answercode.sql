-- For the service alone that compares a code with what was typed.
ALTER TABLE sending_answercode ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON sending_answercode USING ((SELECT takedowns_asks_everything()));
