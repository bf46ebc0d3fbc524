-- The job is queued in the transaction of the change, by whichever door the change came. No lock on the job's being
-- queued once: two transactions would wait for each other there. One job too many finds nothing to do.
CREATE OR REPLACE FUNCTION takedowns_wake_webhooks() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM webhooks_endpoint WHERE disabled_at IS NULL) THEN
        PERFORM procrastinate_defer_jobs_v1(array_agg(
            ROW('delivery', 'webhooks.feed', 0, 'webhook ' || endpoint.id, NULL,
                jsonb_build_object('endpoint_id', endpoint.id), NULL)::procrastinate_job_to_defer_v1
        ))
        FROM webhooks_endpoint AS endpoint
        WHERE endpoint.disabled_at IS NULL AND endpoint.platform_id IN (
            SELECT cell.platform_id FROM referrals_cell AS cell
            WHERE cell.id IN (
                SELECT to_cell_id FROM new_events WHERE takedowns_told_to_platforms(kind)
            )
        )
        HAVING count(*) > 0;
    END IF;
    RETURN NULL;
END $$;
