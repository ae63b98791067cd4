-- Lets the role `paystate_reader` read the views and nothing else, where the server has such a role; run after the views were laid
-- down, as often as one likes. A view reads the tables with its owner's rights, so that the views are all that a reader needs.
DO $$
    DECLARE
        name text;
    BEGIN
        IF NOT EXISTS (SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = 'paystate_reader') THEN
            RETURN;
        END IF;
        EXECUTE pg_catalog.format('GRANT USAGE ON SCHEMA %I TO paystate_reader', current_schema());
        FOREACH name IN ARRAY ARRAY[
            'account_health', 'anomalies', 'callbacks', 'checkouts', 'currencies', 'entries',
            'forwards', 'instructions', 'operations', 'orders', 'payments', 'polls', 'rejected',
            'schema_docs', 'subscriptions', 'targets', 'timeline', 'tokens', 'transitions'
        ]
        LOOP
            EXECUTE pg_catalog.format('GRANT SELECT ON %I TO paystate_reader', name);
        END LOOP;
    END
$$;
