-- The job is queued in the transaction of the change, by whichever door the change came. No lock on the job's being
-- queued once: two transactions would wait for each other there. One job too many finds nothing to do.
--
-- A platform's endpoints are woken by what is told to platforms about its referrals, an agency's by whatever happened to
-- a referral that it sees. The sandbox's events wake its own endpoints, and no others: which events they are, the table
-- says whose trigger this is.
CREATE OR REPLACE FUNCTION takedowns_wake_webhooks() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    woken uuid[];
    told jsonb := '{}';
BEGIN
    IF TG_TABLE_SCHEMA = 'sandbox' THEN
        told := '{"sandbox": true}';
        WITH concerned AS (
            SELECT operation_id, agency_id FROM sandbox.referrals_cell WHERE id IN (SELECT to_cell_id FROM new_events)
            UNION
            SELECT operation_id, agency_id FROM sandbox.referrals_referral
            WHERE id IN (SELECT referral_id FROM new_events WHERE to_cell_id IS NULL)
        )
        SELECT array_agg(endpoint.id) INTO woken FROM sandbox.webhooks_endpoint AS endpoint
        WHERE endpoint.disabled_at IS NULL AND (
            endpoint.platform_id IN (
                SELECT cell.platform_id FROM sandbox.referrals_cell AS cell
                WHERE cell.id IN (SELECT to_cell_id FROM new_events WHERE takedowns_told_to_platforms(kind))
            )
            OR endpoint.agency_id IS NOT NULL AND EXISTS (
                SELECT 1 FROM concerned WHERE takedowns_sees_referral(
                    concerned.operation_id IN (SELECT operation_id FROM sandbox.takedowns_operations_of(ARRAY[endpoint.agency_id])),
                    concerned.agency_id, NULL, false, false, ARRAY[endpoint.agency_id], NULL
                )
            )
        );
    ELSIF EXISTS (SELECT 1 FROM webhooks_endpoint WHERE disabled_at IS NULL) THEN
        WITH concerned AS (
            SELECT operation_id, agency_id FROM referrals_cell WHERE id IN (SELECT to_cell_id FROM new_events)
            UNION
            SELECT operation_id, agency_id FROM referrals_referral
            WHERE id IN (SELECT referral_id FROM new_events WHERE to_cell_id IS NULL)
        )
        SELECT array_agg(endpoint.id) INTO woken FROM webhooks_endpoint AS endpoint
        WHERE endpoint.disabled_at IS NULL AND (
            endpoint.platform_id IN (
                SELECT cell.platform_id FROM referrals_cell AS cell
                WHERE cell.id IN (SELECT to_cell_id FROM new_events WHERE takedowns_told_to_platforms(kind))
            )
            OR endpoint.agency_id IS NOT NULL AND EXISTS (
                SELECT 1 FROM concerned WHERE takedowns_sees_referral(
                    concerned.operation_id IN (SELECT operation_id FROM takedowns_operations_of(ARRAY[endpoint.agency_id])),
                    concerned.agency_id, NULL, false, false, ARRAY[endpoint.agency_id], NULL
                )
            )
        );
    END IF;
    IF woken IS NOT NULL THEN
        PERFORM procrastinate_defer_jobs_v1(array_agg(
            ROW('delivery', 'webhooks.feed', 0, 'webhook ' || id, NULL,
                jsonb_build_object('endpoint_id', id) || told, NULL)::procrastinate_job_to_defer_v1
        ))
        FROM unnest(woken) AS endpoint (id);
    END IF;
    RETURN NULL;
END $$;
