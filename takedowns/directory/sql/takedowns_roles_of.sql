-- The roles of one person, for whoever lets people in: before they are known nobody asks, and the memberships show nothing. The
-- application signs for whom it asks (access/context.py), so that no statement of somebody else's making lists anybody's roles.
CREATE OR REPLACE FUNCTION takedowns_roles_of(told text) RETURNS TABLE (role text, agency_id uuid, platform_id text)
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT held.role, held.agency_id, held.platform_id FROM directory_membership AS held
    WHERE held.user_id = (SELECT nullif((takedowns_believed(takedowns_bound(told)))[5], '')::uuid)
$$;
