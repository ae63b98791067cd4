-- The ledger of Paystate, version 1.
-- Tables have singular names and are private; views have plural names and are the public interface (columns are only ever added).
-- Times are INTEGER milliseconds since 1970-01-01T00:00:00Z; amounts are INTEGER minor units; flags are 0 or 1.
-- CHECKs guard our own closed sets, never a gateway's words. (They are written with OR: for IN with more than two words SQLite
-- builds an ephemeral table each time a row is written: measured, a fifth of all that a commit took.)

-- A merchant account at a gateway, as configured; rows are never deleted, for history refers to them.
CREATE TABLE account (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    gateway TEXT NOT NULL,
    folded INTEGER NOT NULL CHECK (folded IN (0, 1))  -- whether a payment's state is the fold of its operations
) STRICT;

-- Digits after the decimal point by currency: the table of ISO 4217 in the code, laid down here for the views.
CREATE TABLE currency (
    code TEXT PRIMARY KEY,
    exponent INTEGER NOT NULL CHECK (exponent BETWEEN 0 AND 4)
) STRICT, WITHOUT ROWID;

-- What every view and column means.
CREATE TABLE schema_doc (
    object TEXT NOT NULL,
    "column" TEXT NOT NULL,             -- empty: the view itself
    description TEXT NOT NULL,
    PRIMARY KEY (object, "column")
) STRICT, WITHOUT ROWID;
CREATE VIEW schema_docs AS SELECT object, "column", description FROM schema_doc;

-- A row that is written to prove that the database can be written.
CREATE TABLE heartbeat (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    at INTEGER NOT NULL
) STRICT;

CREATE TABLE payment (
    id INTEGER PRIMARY KEY,
    account INTEGER NOT NULL REFERENCES account,
    payment_id TEXT NOT NULL,
    reference TEXT,                     -- NULL where payment_id itself is the merchant's name: it needs no second index
    checkout_token TEXT,
    type TEXT,
    method TEXT,
    status TEXT,
    state TEXT NOT NULL CHECK (state = 'pending' OR state = 'authorized' OR state = 'succeeded' OR state = 'failed' OR
        state = 'cancelled' OR state = 'expired' OR state = 'partially_refunded' OR state = 'refunded' OR
        state = 'charged_back' OR state = 'unknown'),
    amount_minor INTEGER,
    currency TEXT,
    initial_amount_minor INTEGER,
    surcharge_minor INTEGER,
    refunded_minor INTEGER,
    captured_minor INTEGER NOT NULL,
    test INTEGER CHECK (test IN (0, 1)),
    code TEXT,
    message TEXT,
    first_seen_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    gateway_updated_at INTEGER,
    last_source TEXT NOT NULL CHECK (last_source = 'callback' OR last_source = 'poll' OR last_source = 'operator'),
    held INTEGER NOT NULL CHECK (held IN (0, 1)),
    reconciliation TEXT NOT NULL CHECK (reconciliation = 'scheduled' OR reconciliation = 'done' OR reconciliation = 'unresolved'),
    next_poll_at INTEGER,
    attempt INTEGER NOT NULL,           -- questions sent since the last evidence
    wished_at INTEGER,                  -- since when an answer is wanted at once
    last_poll_at INTEGER,
    last_poll_outcome TEXT,
    polls INTEGER NOT NULL DEFAULT 0,
    merged_into INTEGER REFERENCES payment,  -- a child was taken for a root until its own parent was known
    UNIQUE (payment_id, account),
    CHECK ((reconciliation = 'scheduled') = (next_poll_at IS NOT NULL))
) STRICT;
CREATE INDEX payment_by_reference ON payment (reference, account) WHERE reference IS NOT NULL;
CREATE INDEX payment_by_update ON payment (updated_at);
CREATE INDEX payment_by_checkout ON payment (checkout_token, account) WHERE checkout_token IS NOT NULL;
CREATE INDEX payment_due ON payment (account, next_poll_at) WHERE next_poll_at IS NOT NULL;
CREATE INDEX payment_open ON payment (account, state)
    WHERE state = 'pending' OR state = 'authorized' OR state = 'unknown';
CREATE INDEX payment_unresolved ON payment (account) WHERE reconciliation = 'unresolved';

CREATE TABLE operation (
    payment INTEGER NOT NULL REFERENCES payment,
    operation_id TEXT NOT NULL,
    parent_id TEXT,
    type TEXT,
    kind TEXT NOT NULL CHECK (kind = 'payment' OR kind = 'authorization' OR kind = 'capture' OR kind = 'void' OR kind = 'refund' OR
        kind = 'refund_reversal' OR kind = 'chargeback' OR kind = 'payout' OR kind = 'manual_change' OR kind = 'other'),
    status TEXT,
    state TEXT NOT NULL CHECK (state = 'pending' OR state = 'succeeded' OR state = 'failed' OR state = 'cancelled' OR state = 'expired' OR
        state = 'unknown'),
    amount_minor INTEGER,
    currency TEXT,
    code TEXT,
    message TEXT,
    test INTEGER CHECK (test IN (0, 1)),
    first_seen_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    gateway_created_at INTEGER,
    gateway_updated_at INTEGER,
    corrected_at INTEGER,               -- the gateway's time of its last correction by hand
    held INTEGER NOT NULL CHECK (held IN (0, 1)),
    reconciliation TEXT NOT NULL CHECK (reconciliation = 'scheduled' OR reconciliation = 'done' OR reconciliation = 'unresolved'),
    next_poll_at INTEGER,               -- only where the operation is asked about by its own id
    attempt INTEGER NOT NULL,
    wished_at INTEGER,
    PRIMARY KEY (payment, operation_id),
    CHECK ((reconciliation = 'scheduled') = (next_poll_at IS NOT NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX operation_by_id ON operation (operation_id);
CREATE INDEX operation_due ON operation (next_poll_at) WHERE next_poll_at IS NOT NULL;

CREATE TABLE checkout (
    id INTEGER PRIMARY KEY,
    account INTEGER NOT NULL REFERENCES account,
    token TEXT NOT NULL,
    reference TEXT,
    status TEXT,
    state TEXT NOT NULL CHECK (state = 'pending' OR state = 'succeeded' OR state = 'failed' OR state = 'cancelled' OR state = 'expired' OR
        state = 'unknown'),
    finished INTEGER NOT NULL CHECK (finished IN (0, 1)),
    expired INTEGER NOT NULL CHECK (expired IN (0, 1)),
    test INTEGER CHECK (test IN (0, 1)),
    amount_minor INTEGER,
    currency TEXT,
    payment_id TEXT,
    first_seen_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    held INTEGER NOT NULL CHECK (held IN (0, 1)),
    reconciliation TEXT NOT NULL CHECK (reconciliation = 'scheduled' OR reconciliation = 'done' OR reconciliation = 'unresolved'),
    next_poll_at INTEGER,
    attempt INTEGER NOT NULL,
    wished_at INTEGER,
    UNIQUE (token, account),
    CHECK ((reconciliation = 'scheduled') = (next_poll_at IS NOT NULL))
) STRICT;
CREATE INDEX checkout_due ON checkout (account, next_poll_at) WHERE next_poll_at IS NOT NULL;

CREATE TABLE subscription (
    id INTEGER PRIMARY KEY,
    account INTEGER NOT NULL REFERENCES account,
    subscription_id TEXT NOT NULL,
    status TEXT,
    state TEXT NOT NULL CHECK (state = 'pending' OR state = 'succeeded' OR state = 'failed' OR state = 'cancelled' OR state = 'expired' OR
        state = 'unknown'),
    event TEXT,
    plan TEXT,
    amount_minor INTEGER,
    currency TEXT,
    payment_id TEXT,
    held INTEGER NOT NULL CHECK (held IN (0, 1)),
    first_seen_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (subscription_id, account)
) STRICT;

-- An authentic callback. The digest and what was decided stay for ever; only the body is ever emptied.
CREATE TABLE callback (
    id INTEGER PRIMARY KEY,
    account INTEGER NOT NULL REFERENCES account,
    received_at INTEGER NOT NULL,
    last_received_at INTEGER NOT NULL,
    deliveries INTEGER NOT NULL DEFAULT 1 CHECK (deliveries >= 1),
    remote_address TEXT,
    verdict TEXT NOT NULL CHECK (verdict IN ('valid', 'ambiguous')),
    form TEXT NOT NULL CHECK (form = 'natural' OR form = 'bytes' OR form = 'lines' OR form = 'signature' OR form = 'basic' OR
        form = 'signature+basic'),
    key_id TEXT NOT NULL,
    status TEXT,
    effect TEXT NOT NULL CHECK (effect = 'applied' OR effect = 'unchanged' OR effect = 'late' OR effect = 'held' OR
        effect = 'unrecognised' OR effect = 'undecodable'),
    rule INTEGER,                       -- the row of the table of evidence that decided
    payment INTEGER REFERENCES payment,
    operation_id TEXT,
    checkout INTEGER REFERENCES checkout,
    subscription INTEGER REFERENCES subscription,
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    body BLOB,
    UNIQUE (digest, account)
) STRICT;
CREATE INDEX callback_by_payment ON callback (payment) WHERE payment IS NOT NULL;
CREATE INDEX callback_by_account ON callback (account, received_at);

-- A question to a gateway's status endpoint, with its answer.
CREATE TABLE poll (
    id INTEGER PRIMARY KEY,
    account INTEGER NOT NULL REFERENCES account,
    payment INTEGER REFERENCES payment,
    operation_id TEXT,
    checkout INTEGER REFERENCES checkout,
    subscription INTEGER REFERENCES subscription,
    asked_at INTEGER NOT NULL,
    answered_at INTEGER,
    http_status INTEGER,
    outcome TEXT CHECK (outcome = 'applied' OR outcome = 'unchanged' OR outcome = 'late' OR outcome = 'unrecognised' OR
        outcome = 'not_found' OR outcome = 'unauthorized' OR outcome = 'rate_limited' OR outcome = 'unavailable' OR
        outcome = 'undecodable' OR outcome = 'foreign'),
    rule INTEGER,
    body BLOB
) STRICT;
CREATE INDEX poll_by_payment ON poll (payment) WHERE payment IS NOT NULL;
CREATE INDEX poll_by_checkout ON poll (checkout) WHERE checkout IS NOT NULL;

-- One change of status, amount or refunded sum. seq has no gaps and follows the order of commits: it is the change feed.
CREATE TABLE transition (
    seq INTEGER PRIMARY KEY,
    account INTEGER NOT NULL REFERENCES account,
    payment INTEGER REFERENCES payment,
    operation_id TEXT,                  -- NULL: the payment itself
    checkout INTEGER REFERENCES checkout,
    subscription INTEGER REFERENCES subscription,
    from_status TEXT,
    to_status TEXT,
    from_state TEXT,
    to_state TEXT NOT NULL,
    source TEXT NOT NULL CHECK (source = 'callback' OR source = 'poll' OR source = 'operator'),
    evidence INTEGER NOT NULL,
    gateway_time INTEGER,
    amount_minor INTEGER,
    refunded_minor INTEGER,
    recorded_at INTEGER NOT NULL,
    CHECK ((payment IS NOT NULL) + (checkout IS NOT NULL) + (subscription IS NOT NULL) = 1)
) STRICT;
CREATE INDEX transition_by_payment ON transition (payment) WHERE payment IS NOT NULL;
CREATE INDEX transition_by_poll ON transition (recorded_at) WHERE source = 'poll';

-- A contradiction or surprise; open at most once per kind and subject.
CREATE TABLE anomaly (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind = 'regression' OR kind = 'unknown_status' OR kind = 'amount_mismatch' OR kind = 'currency_mismatch' OR
        kind = 'conflict' OR kind = 'undecodable' OR kind = 'foreign_answer' OR kind = 'unresolved' OR
        kind = 'late_success' OR kind = 'manual_correction' OR kind = 'ambiguous_signature'),
    severity TEXT NOT NULL CHECK (severity IN ('alarm', 'notice')),
    account INTEGER NOT NULL REFERENCES account,
    payment INTEGER REFERENCES payment,
    checkout INTEGER REFERENCES checkout,
    callback INTEGER,                   -- the subject where there is neither payment nor checkout
    detail TEXT NOT NULL,
    source TEXT NOT NULL CHECK (source = 'callback' OR source = 'poll' OR source = 'operator'),
    evidence INTEGER NOT NULL,
    opened_at INTEGER NOT NULL,
    closed_at INTEGER,
    resolution TEXT,
    CHECK ((closed_at IS NULL) = (resolution IS NULL))
) STRICT;
CREATE UNIQUE INDEX anomaly_open_payment ON anomaly (payment, kind) WHERE closed_at IS NULL AND payment IS NOT NULL;
CREATE UNIQUE INDEX anomaly_open_checkout ON anomaly (checkout, kind)
    WHERE closed_at IS NULL AND payment IS NULL AND checkout IS NOT NULL;
CREATE UNIQUE INDEX anomaly_open_callback ON anomaly (callback, kind)
    WHERE closed_at IS NULL AND payment IS NULL AND checkout IS NULL;
CREATE INDEX anomaly_by_payment ON anomaly (payment) WHERE payment IS NOT NULL;
CREATE INDEX anomaly_open_account ON anomaly (account, severity) WHERE closed_at IS NULL;

-- A refused request, kept within quotas so that a wrong key can be found and mended; never evidence of anything.
CREATE TABLE rejection (
    id INTEGER PRIMARY KEY,
    account INTEGER NOT NULL REFERENCES account,
    received_at INTEGER NOT NULL,
    remote_address TEXT,
    reason TEXT NOT NULL CHECK (reason = 'unauthenticated' OR reason = 'forged' OR reason = 'foreign' OR reason = 'malformed'),
    size INTEGER NOT NULL,
    signature TEXT,
    body BLOB NOT NULL
) STRICT;
CREATE INDEX rejection_by_account ON rejection (account, received_at);

-- What a ledger looks like once it is large, so that the planner chooses well from the first day on: rows of the index, then
-- rows for one value of its first column, of its first two, ….
ANALYZE;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
('payment', 'sqlite_autoindex_payment_1', '1000000 1 1'),
('payment', 'payment_by_reference', '400000 2 2'),
('payment', 'payment_by_checkout', '400000 2 2'),
('payment', 'payment_by_update', '1000000 1'),
('payment', 'payment_due', '100000 25000 1'),
('payment', 'payment_open', '100000 25000 8000'),
('operation', 'operation', '1500000 2 1'),
('operation', 'operation_by_id', '1500000 1'),
('callback', 'sqlite_autoindex_callback_1', '2000000 1 1'),
('callback', 'callback_by_payment', '2000000 2'),
('callback', 'callback_by_account', '2000000 500000 1'),
('transition', 'transition_by_payment', '3000000 3'),
('transition', 'transition_by_poll', '100000 1'),
('poll', 'poll_by_payment', '1000000 2'),
('poll', 'poll_by_checkout', '100000 4'),
('anomaly', 'anomaly_by_payment', '10000 1'),
('anomaly', 'anomaly_open_account', '1000 250 125');

-- History is append-only. (Triggers on INSERT would cost every callback a statement journal; seq has no gaps because the one
-- writer lets SQLite count, and a transaction that fails takes its numbers back.)
CREATE TRIGGER transition_is_kept BEFORE DELETE ON transition
BEGIN SELECT RAISE(ABORT, 'transitions are append-only'); END;
CREATE TRIGGER transition_is_final BEFORE UPDATE ON transition
BEGIN SELECT RAISE(ABORT, 'transitions are append-only'); END;
CREATE TRIGGER callback_is_kept BEFORE DELETE ON callback
BEGIN SELECT RAISE(ABORT, 'callbacks are kept'); END;
CREATE TRIGGER callback_is_final BEFORE UPDATE OF id, account, received_at, verdict, form, key_id, digest ON callback
BEGIN SELECT RAISE(ABORT, 'callbacks are kept as they came'); END;
CREATE TRIGGER callback_body_is_final BEFORE UPDATE OF body ON callback WHEN NEW.body IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a body is only ever emptied'); END;

CREATE VIEW payments AS
SELECT account.name AS account, account.gateway AS gateway, payment.payment_id AS payment_id,
       coalesce(payment.reference, CASE account.folded WHEN 0 THEN payment.payment_id END) AS reference,
       payment.checkout_token AS checkout_token, payment.type AS type, payment.method AS method, payment.status AS status,
       payment.state AS state, payment.state NOT IN ('pending', 'authorized', 'unknown') AS final,
       payment.amount_minor AS amount_minor,
       CASE currency.exponent
           WHEN 0 THEN CAST(payment.amount_minor AS TEXT)
           ELSE substr(printf('%0*d', exponent + 1 + (payment.amount_minor < 0), payment.amount_minor), 1,
                       length(printf('%0*d', exponent + 1 + (payment.amount_minor < 0), payment.amount_minor)) - exponent)
                || '.'
                || substr(printf('%0*d', exponent + 1 + (payment.amount_minor < 0), payment.amount_minor), -exponent)
       END AS amount,
       payment.currency AS currency, payment.initial_amount_minor AS initial_amount_minor,
       payment.surcharge_minor AS surcharge_minor, coalesce(payment.refunded_minor, 0) AS refunded_minor,
       payment.captured_minor AS captured_minor, payment.test AS test, payment.code AS code, payment.message AS message,
       strftime('%Y-%m-%dT%H:%M:%fZ', payment.first_seen_at / 1000.0, 'unixepoch') AS first_seen_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', payment.updated_at / 1000.0, 'unixepoch') AS updated_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', payment.gateway_updated_at / 1000.0, 'unixepoch') AS gateway_updated_at,
       payment.last_source AS last_source,
       CASE WHEN payment.reconciliation = 'done' THEN
           coalesce((SELECT max(operation.reconciliation) FROM operation
                     WHERE operation.payment = payment.id AND operation.reconciliation <> 'done'), 'done')
       ELSE payment.reconciliation END AS reconciliation,
       strftime('%Y-%m-%dT%H:%M:%fZ',
                (SELECT min(due) FROM (SELECT payment.next_poll_at AS due UNION ALL
                                       SELECT operation.next_poll_at FROM operation WHERE operation.payment = payment.id))
                / 1000.0, 'unixepoch') AS next_poll_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', payment.last_poll_at / 1000.0, 'unixepoch') AS last_poll_at,
       payment.last_poll_outcome AS last_poll_outcome, payment.polls AS polls,
       (SELECT count(*) FROM anomaly WHERE anomaly.payment = payment.id AND anomaly.closed_at IS NULL) AS open_anomalies
FROM payment
JOIN account ON account.id = payment.account
LEFT JOIN currency ON currency.code = payment.currency
WHERE payment.merged_into IS NULL;

CREATE VIEW operations AS
SELECT account.name AS account, account.gateway AS gateway, payment.payment_id AS payment_id,
       operation.operation_id AS operation_id, operation.parent_id AS parent_id, operation.type AS type,
       operation.status AS status, operation.state AS state, operation.amount_minor AS amount_minor,
       CASE currency.exponent
           WHEN 0 THEN CAST(operation.amount_minor AS TEXT)
           ELSE substr(printf('%0*d', exponent + 1 + (operation.amount_minor < 0), operation.amount_minor), 1,
                       length(printf('%0*d', exponent + 1 + (operation.amount_minor < 0), operation.amount_minor)) - exponent)
                || '.'
                || substr(printf('%0*d', exponent + 1 + (operation.amount_minor < 0), operation.amount_minor), -exponent)
       END AS amount,
       operation.currency AS currency, operation.code AS code, operation.message AS message, operation.test AS test,
       strftime('%Y-%m-%dT%H:%M:%fZ', operation.first_seen_at / 1000.0, 'unixepoch') AS first_seen_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', operation.updated_at / 1000.0, 'unixepoch') AS updated_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', operation.gateway_created_at / 1000.0, 'unixepoch') AS gateway_created_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', operation.gateway_updated_at / 1000.0, 'unixepoch') AS gateway_updated_at,
       operation.reconciliation AS reconciliation,
       strftime('%Y-%m-%dT%H:%M:%fZ', operation.next_poll_at / 1000.0, 'unixepoch') AS next_poll_at
FROM operation
JOIN payment ON payment.id = operation.payment
JOIN account ON account.id = payment.account
LEFT JOIN currency ON currency.code = operation.currency;

CREATE VIEW checkouts AS
SELECT account.name AS account, checkout.token AS token, checkout.reference AS reference, checkout.status AS status,
       checkout.state AS state, checkout.finished AS finished, checkout.expired AS expired, checkout.test AS test,
       checkout.amount_minor AS amount_minor, checkout.currency AS currency, checkout.payment_id AS payment_id,
       strftime('%Y-%m-%dT%H:%M:%fZ', checkout.first_seen_at / 1000.0, 'unixepoch') AS first_seen_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', checkout.updated_at / 1000.0, 'unixepoch') AS updated_at,
       checkout.reconciliation AS reconciliation,
       strftime('%Y-%m-%dT%H:%M:%fZ', checkout.next_poll_at / 1000.0, 'unixepoch') AS next_poll_at
FROM checkout
JOIN account ON account.id = checkout.account;

CREATE VIEW subscriptions AS
SELECT account.name AS account, subscription.subscription_id AS subscription_id, subscription.status AS status,
       subscription.event AS event, subscription.plan AS plan, subscription.amount_minor AS amount_minor,
       subscription.currency AS currency, subscription.payment_id AS payment_id,
       strftime('%Y-%m-%dT%H:%M:%fZ', subscription.first_seen_at / 1000.0, 'unixepoch') AS first_seen_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', subscription.updated_at / 1000.0, 'unixepoch') AS updated_at
FROM subscription
JOIN account ON account.id = subscription.account;

CREATE VIEW transitions AS
SELECT transition.seq AS seq, account.name AS account, payment.payment_id AS payment_id,
       transition.operation_id AS operation_id,
       CASE WHEN transition.checkout IS NOT NULL THEN 'checkout' WHEN transition.subscription IS NOT NULL THEN 'subscription'
            WHEN transition.operation_id IS NOT NULL THEN 'operation' ELSE 'payment' END AS entity,
       coalesce(checkout.token, subscription.subscription_id, transition.operation_id, payment.payment_id) AS entity_id,
       transition.from_status AS from_status, transition.to_status AS to_status, transition.from_state AS from_state,
       transition.to_state AS to_state, transition.source AS source,
       transition.source || ':' || transition.evidence AS evidence_id,
       strftime('%Y-%m-%dT%H:%M:%fZ', transition.gateway_time / 1000.0, 'unixepoch') AS gateway_time,
       transition.amount_minor AS amount_minor, transition.refunded_minor AS refunded_minor,
       strftime('%Y-%m-%dT%H:%M:%fZ', transition.recorded_at / 1000.0, 'unixepoch') AS recorded_at
FROM transition
JOIN account ON account.id = transition.account
LEFT JOIN payment ON payment.id = transition.payment
LEFT JOIN checkout ON checkout.id = transition.checkout
LEFT JOIN subscription ON subscription.id = transition.subscription;

CREATE VIEW callbacks AS
SELECT callback.id AS id, account.name AS account,
       strftime('%Y-%m-%dT%H:%M:%fZ', callback.received_at / 1000.0, 'unixepoch') AS received_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', callback.last_received_at / 1000.0, 'unixepoch') AS last_received_at,
       callback.deliveries AS deliveries, callback.remote_address AS remote_address, callback.verdict AS verdict,
       callback.form AS form, callback.key_id AS key_id, callback.status AS status, callback.effect AS effect,
       callback.rule AS rule, payment.payment_id AS payment_id, callback.operation_id AS operation_id,
       callback.digest AS digest, callback.body AS body
FROM callback
JOIN account ON account.id = callback.account
LEFT JOIN payment ON payment.id = callback.payment;

CREATE VIEW polls AS
SELECT poll.id AS id, account.name AS account,
       CASE WHEN poll.checkout IS NOT NULL THEN 'checkout' WHEN poll.subscription IS NOT NULL THEN 'subscription'
            WHEN poll.operation_id IS NOT NULL THEN 'operation' ELSE 'payment' END AS entity,
       coalesce(checkout.token, subscription.subscription_id, poll.operation_id, payment.payment_id) AS entity_id,
       strftime('%Y-%m-%dT%H:%M:%fZ', poll.asked_at / 1000.0, 'unixepoch') AS asked_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', poll.answered_at / 1000.0, 'unixepoch') AS answered_at,
       poll.http_status AS http_status, poll.outcome AS outcome, poll.rule AS rule, poll.body AS body
FROM poll
JOIN account ON account.id = poll.account
LEFT JOIN payment ON payment.id = poll.payment
LEFT JOIN checkout ON checkout.id = poll.checkout
LEFT JOIN subscription ON subscription.id = poll.subscription;

CREATE VIEW anomalies AS
SELECT anomaly.id AS id, anomaly.kind AS kind, anomaly.severity AS severity, account.name AS account,
       payment.payment_id AS payment_id, checkout.token AS checkout_token, anomaly.detail AS detail,
       anomaly.source || ':' || anomaly.evidence AS evidence_id,
       strftime('%Y-%m-%dT%H:%M:%fZ', anomaly.opened_at / 1000.0, 'unixepoch') AS opened_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', anomaly.closed_at / 1000.0, 'unixepoch') AS closed_at,
       anomaly.resolution AS resolution
FROM anomaly
JOIN account ON account.id = anomaly.account
LEFT JOIN payment ON payment.id = anomaly.payment
LEFT JOIN checkout ON checkout.id = anomaly.checkout;

CREATE VIEW rejected AS
SELECT rejection.id AS id, account.name AS account,
       strftime('%Y-%m-%dT%H:%M:%fZ', rejection.received_at / 1000.0, 'unixepoch') AS received_at,
       rejection.remote_address AS remote_address, rejection.reason AS reason, rejection.size AS size,
       rejection.signature AS signature, rejection.body AS body
FROM rejection
JOIN account ON account.id = rejection.account;

-- The best of an order's payments speaks for it. Where payment_id is the merchant's own name, an order is one payment.
CREATE VIEW orders AS
SELECT account.name AS account, payment.payment_id AS reference, payment.state AS state, 1 AS payments,
       payment.captured_minor AS paid_minor, coalesce(payment.refunded_minor, 0) AS refunded_minor,
       payment.currency AS currency, strftime('%Y-%m-%dT%H:%M:%fZ', payment.updated_at / 1000.0, 'unixepoch') AS updated_at
FROM payment
JOIN account ON account.id = payment.account AND account.folded = 0
WHERE payment.reference IS NULL AND payment.merged_into IS NULL
UNION ALL
SELECT account.name, payment.reference,
       substr(min(CASE payment.state
           WHEN 'succeeded' THEN '0succeeded' WHEN 'partially_refunded' THEN '1partially_refunded'
           WHEN 'authorized' THEN '2authorized' WHEN 'pending' THEN '3pending' WHEN 'unknown' THEN '4unknown'
           WHEN 'refunded' THEN '5refunded' WHEN 'charged_back' THEN '6charged_back'
           WHEN 'cancelled' THEN '7cancelled' WHEN 'expired' THEN '8expired' ELSE '9failed' END), 2),
       count(*), sum(payment.captured_minor), sum(coalesce(payment.refunded_minor, 0)), max(payment.currency),
       strftime('%Y-%m-%dT%H:%M:%fZ', max(payment.updated_at) / 1000.0, 'unixepoch')
FROM payment
JOIN account ON account.id = payment.account
WHERE payment.reference IS NOT NULL AND payment.merged_into IS NULL
GROUP BY payment.reference, payment.account;

CREATE VIEW timeline AS
SELECT account, payment_id, strftime('%Y-%m-%dT%H:%M:%fZ', at / 1000.0, 'unixepoch') AS at, what, summary, evidence_id
FROM (
    SELECT account.name AS account, payment.payment_id AS payment_id, callback.received_at AS at, 0 AS turn,
           callback.id AS place, 'callback' AS what,
           'a callback says ' || coalesce('«' || callback.status || '»', 'nothing of a status') || ': ' || callback.effect
           || CASE callback.verdict WHEN 'ambiguous' THEN ' (the signature does not prove the structure)' ELSE '' END
           || CASE WHEN callback.deliveries > 1 THEN ', delivered ' || callback.deliveries || ' times' ELSE '' END
           AS summary,
           'callback:' || callback.id AS evidence_id
    FROM payment JOIN account ON account.id = payment.account JOIN callback ON callback.payment = payment.id
    UNION ALL
    SELECT account.name, payment.payment_id, coalesce(poll.answered_at, poll.asked_at), 0, poll.id, 'poll',
           'the gateway was asked: ' || coalesce(poll.outcome, 'no answer yet')
           || coalesce(' (HTTP ' || poll.http_status || ')', ''), 'poll:' || poll.id
    FROM payment JOIN account ON account.id = payment.account JOIN poll ON poll.payment = payment.id
    UNION ALL
    SELECT account.name, payment.payment_id, transition.recorded_at, 1, transition.seq, 'transition',
           CASE WHEN transition.operation_id IS NULL THEN 'the payment' ELSE 'operation ' || transition.operation_id END
           || CASE transition.from_state WHEN transition.to_state THEN ' stays ' ELSE coalesce(
                  ' goes from ' || transition.from_state || ' to ', ' is ') END
           || transition.to_state || coalesce(' («' || transition.to_status || '»)', ''),
           transition.source || ':' || transition.evidence
    FROM payment JOIN account ON account.id = payment.account JOIN transition ON transition.payment = payment.id
    UNION ALL
    SELECT account.name, payment.payment_id, anomaly.opened_at, 2, anomaly.id, 'anomaly',
           anomaly.severity || ' ' || anomaly.kind || ': ' || anomaly.detail, anomaly.source || ':' || anomaly.evidence
    FROM payment JOIN account ON account.id = payment.account JOIN anomaly ON anomaly.payment = payment.id
    UNION ALL
    SELECT account.name, payment.payment_id, anomaly.closed_at, 3, anomaly.id, 'anomaly',
           anomaly.kind || ' is settled: ' || anomaly.resolution, anomaly.source || ':' || anomaly.evidence
    FROM payment JOIN account ON account.id = payment.account JOIN anomaly ON anomaly.payment = payment.id
    WHERE anomaly.closed_at > anomaly.opened_at
)
ORDER BY at, turn, place;

CREATE VIEW account_health AS
SELECT account.name AS account, account.gateway AS gateway,
       strftime('%Y-%m-%dT%H:%M:%fZ', (SELECT max(received_at) FROM callback WHERE callback.account = account.id) / 1000.0,
                'unixepoch') AS last_callback_at,
       (SELECT count(*) FROM callback WHERE callback.account = account.id
        AND received_at >= (unixepoch() - 86400) * 1000) AS callbacks_24h,
       (SELECT count(*) FROM rejection WHERE rejection.account = account.id
        AND received_at >= (unixepoch() - 86400) * 1000) AS rejected_24h,
       (SELECT count(*) FROM payment WHERE payment.account = account.id
        AND (state = 'pending' OR state = 'authorized' OR state = 'unknown') AND merged_into IS NULL) AS pending,
       (SELECT count(*) FROM payment WHERE payment.account = account.id AND next_poll_at < unixepoch() * 1000)
       + (SELECT count(*) FROM operation JOIN payment ON payment.id = operation.payment
          WHERE operation.next_poll_at < unixepoch() * 1000 AND payment.account = account.id)
       + (SELECT count(*) FROM checkout WHERE checkout.account = account.id AND next_poll_at < unixepoch() * 1000)
       AS overdue,
       (SELECT count(*) FROM payment WHERE payment.account = account.id AND reconciliation = 'unresolved') AS unresolved,
       (SELECT count(*) FROM transition WHERE source = 'poll' AND transition.account = account.id
        AND recorded_at >= (unixepoch() - 86400) * 1000) AS found_by_poll_24h,
       (SELECT count(*) FROM anomaly WHERE anomaly.account = account.id AND severity = 'alarm' AND closed_at IS NULL)
       AS open_alarms
FROM account;
