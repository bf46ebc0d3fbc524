-- Of which hosts somebody asked is nobody's business but the system's, which shows it to whoever may ask the host.
ALTER TABLE hosting_abusecontact ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON hosting_abusecontact FOR SELECT USING ((SELECT takedowns_asks_everything()));
CREATE POLICY added ON hosting_abusecontact FOR INSERT WITH CHECK ((SELECT takedowns_asks_everything()));
CREATE POLICY changed ON hosting_abusecontact FOR UPDATE USING ((SELECT takedowns_asks_everything()));
CREATE POLICY deleted ON hosting_abusecontact FOR DELETE USING ((SELECT takedowns_asks_everything()));
