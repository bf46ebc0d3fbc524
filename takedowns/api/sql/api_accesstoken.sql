-- Digests of tokens and whose they are: nobody reads them but the system; what checks a token asks for one by its digest.
ALTER TABLE api_accesstoken ENABLE ROW LEVEL SECURITY;
CREATE POLICY system ON api_accesstoken USING ((SELECT takedowns_asks_everything()));
