-- The ledger of Paystate: tables, indexes and triggers. The views are laid down by the next step.
-- Tables have singular names and are private; views have plural names and are the public interface (columns are only ever added).
-- Times are INTEGER milliseconds since 1970-01-01T00:00:00Z; amounts are INTEGER minor units; flags are 0 or 1.
-- CHECKs guard our own closed sets, never a gateway's words. (They are written with OR: for IN with more than two words SQLite
-- builds an ephemeral table each time a row is written: measured, a fifth of all that a commit took.)

-- A merchant account at a gateway, as configured; rows are never deleted, for history refers to them.
CREATE TABLE account (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    gateway TEXT NOT NULL,
    folded INTEGER NOT NULL CHECK (folded IN (0, 1)), -- whether a payment's state is the fold of its operations
    paused_until INTEGER,               -- the gateway is left alone after trouble; NULL while it is asked
    pause_reason TEXT,                  -- why: a word of polls.outcome
    open_payments INTEGER NOT NULL DEFAULT 0 -- those that are pending, authorized or unknown: counted here, for they may be millions
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

-- SHA-256 of the texts of the views: other texts are laid down anew.
CREATE TABLE view_digest (
    id INTEGER PRIMARY KEY CHECK (id = 0),
    digest BLOB NOT NULL
) STRICT;

-- A row that is written to prove that the database can be written.
CREATE TABLE heartbeat (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    at INTEGER NOT NULL,
    ballast BLOB                        -- after a write that failed it is as heavy as a callback: a smaller one would prove nothing
) STRICT;

CREATE TABLE payment (
    id INTEGER PRIMARY KEY,
    account INTEGER NOT NULL REFERENCES account,
    payment_id TEXT NOT NULL,
    reference TEXT,                     -- NULL where payment_id itself is the merchant's name: it needs no second index
    checkout_token TEXT,
    type TEXT,
    purpose TEXT NOT NULL CHECK (purpose = 'purchase' OR purpose = 'payout' OR purpose = 'transfer' OR purpose = 'verification' OR
        purpose = 'unknown'),
    method TEXT,
    status TEXT,
    nuance TEXT CHECK (nuance = 'resting' OR nuance = 'unconfirmed'),  -- what the word says beyond the state
    state TEXT NOT NULL CHECK (state = 'pending' OR state = 'authorized' OR state = 'succeeded' OR state = 'failed' OR
        state = 'cancelled' OR state = 'expired' OR state = 'partially_refunded' OR state = 'refunded' OR
        state = 'charged_back' OR state = 'unknown'),
    amount_minor INTEGER,               -- what the buyer was asked for
    currency TEXT,
    initial_amount_minor INTEGER,
    surcharge_minor INTEGER,
    held_minor INTEGER NOT NULL,        -- the sums, which the payment's transitions book
    captured_minor INTEGER NOT NULL,
    refunded_minor INTEGER NOT NULL,
    charged_back_minor INTEGER NOT NULL,
    paid_out_minor INTEGER NOT NULL,
    balance_minor INTEGER NOT NULL,     -- captured - refunded - charged back, stopping at the limits of 64 bits
    questioned_sum_minor INTEGER,       -- a stated sum that nothing explained, and that the gateway was asked about
    test INTEGER CHECK (test IN (0, 1)),
    code TEXT,
    message TEXT,
    card_brand TEXT,
    card_last_4 TEXT,
    card_expiry TEXT,
    customer_id TEXT,                   -- what the next charge of the same buyer needs
    card_token TEXT,
    recurring_id TEXT,
    recurring_expires_on TEXT,
    paid_at INTEGER,
    settled_at INTEGER,
    expires_at INTEGER,                 -- until when it may still be paid, as the gateway says
    expected_amount_minor INTEGER,
    expected_currency TEXT,
    watched_reference TEXT,             -- the reference that watch was told
    first_seen_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    gateway_updated_at INTEGER,
    last_source TEXT NOT NULL CHECK (last_source = 'callback' OR last_source = 'poll' OR last_source = 'operator'),
    held INTEGER NOT NULL CHECK (held IN (0, 1)),
    reconciliation TEXT NOT NULL CHECK (reconciliation = 'scheduled' OR reconciliation = 'done' OR reconciliation = 'unresolved'),
    next_poll_at INTEGER,
    attempt INTEGER NOT NULL,           -- questions sent since the last evidence
    wished_at INTEGER,                  -- since when an answer is wanted at once
    asking_since INTEGER,               -- the last evidence: the schedule is counted from it
    endpoint TEXT,                      -- the endpoint that knew it, a word of the gateway's folder
    last_poll_at INTEGER,
    last_poll_outcome TEXT,
    polls INTEGER NOT NULL DEFAULT 0,
    merged_into INTEGER REFERENCES payment,  -- a child was taken for a root until its own parent was known
    UNIQUE (payment_id, account),
    CHECK (iif(next_poll_at IS NULL, reconciliation <> 'scheduled', reconciliation <> 'unresolved'))  -- an audit is planned for what is done
) STRICT;
CREATE INDEX payment_by_reference ON payment (reference, account) WHERE reference IS NOT NULL;
CREATE INDEX payment_by_watched_reference ON payment (watched_reference, account) WHERE watched_reference IS NOT NULL;
CREATE INDEX payment_by_update ON payment (updated_at);
CREATE INDEX payment_by_checkout ON payment (checkout_token, account) WHERE checkout_token IS NOT NULL;
CREATE INDEX payment_by_card_token ON payment (card_token, account, first_seen_at) WHERE card_token IS NOT NULL;
CREATE INDEX payment_by_recurring_id ON payment (recurring_id, account, first_seen_at) WHERE recurring_id IS NOT NULL;
CREATE INDEX payment_due ON payment (account, next_poll_at) WHERE next_poll_at IS NOT NULL;
-- What is wanted at once has an index of its own, for it goes before a hundred thousand others.
CREATE INDEX payment_wished ON payment (account, next_poll_at) WHERE wished_at IS NOT NULL;
CREATE INDEX payment_merged ON payment (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX payment_open ON payment (account, state)
    WHERE state = 'pending' OR state = 'authorized' OR state = 'unknown';
CREATE INDEX payment_unresolved ON payment (account) WHERE reconciliation = 'unresolved';

CREATE TABLE operation (
    account INTEGER NOT NULL REFERENCES account,
    payment INTEGER NOT NULL REFERENCES payment,
    operation_id TEXT NOT NULL,
    parent_id TEXT,
    type TEXT,
    kind TEXT NOT NULL CHECK (kind = 'payment' OR kind = 'authorization' OR kind = 'recurring' OR kind = 'capture' OR
        kind = 'void' OR kind = 'refund' OR kind = 'refund_reversal' OR kind = 'chargeback' OR kind = 'payout' OR
        kind = 'manual_change' OR kind = 'other' OR kind = 'unknown'),
    status TEXT,
    nuance TEXT CHECK (nuance = 'resting' OR nuance = 'unconfirmed'),
    state TEXT NOT NULL CHECK (state = 'pending' OR state = 'succeeded' OR state = 'failed' OR state = 'cancelled' OR state = 'expired' OR
        state = 'unknown'),
    amount_minor INTEGER,
    currency TEXT,
    contest TEXT CHECK (contest = 'contradicted' OR contest = 'unlisted' OR contest = 'dismissed'),  -- why it is in doubt
    code TEXT,
    message TEXT,
    decline TEXT CHECK (decline = 'soft' OR decline = 'hard' OR decline = 'risk' OR decline = 'technical'),
    rrn TEXT,
    auth_code TEXT,
    receipt_url TEXT,
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
    asking_since INTEGER,
    endpoint TEXT,
    PRIMARY KEY (payment, operation_id),
    CHECK ((reconciliation = 'scheduled') = (next_poll_at IS NOT NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX operation_by_id ON operation (operation_id);
CREATE INDEX operation_due ON operation (account, next_poll_at) WHERE next_poll_at IS NOT NULL;
CREATE INDEX operation_wished ON operation (account, next_poll_at) WHERE wished_at IS NOT NULL;
CREATE INDEX operation_unresolved ON operation (account) WHERE reconciliation = 'unresolved';

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
    expires_at INTEGER,
    expected_amount_minor INTEGER,
    expected_currency TEXT,
    watched_reference TEXT,
    first_seen_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    held INTEGER NOT NULL CHECK (held IN (0, 1)),
    reconciliation TEXT NOT NULL CHECK (reconciliation = 'scheduled' OR reconciliation = 'done' OR reconciliation = 'unresolved'),
    next_poll_at INTEGER,
    attempt INTEGER NOT NULL,
    wished_at INTEGER,
    asking_since INTEGER,
    UNIQUE (token, account),
    CHECK ((reconciliation = 'scheduled') = (next_poll_at IS NOT NULL))
) STRICT;
CREATE INDEX checkout_due ON checkout (account, next_poll_at) WHERE next_poll_at IS NOT NULL;
CREATE INDEX checkout_wished ON checkout (account, next_poll_at) WHERE wished_at IS NOT NULL;
CREATE INDEX checkout_unresolved ON checkout (account) WHERE reconciliation = 'unresolved';

CREATE TABLE subscription (
    id INTEGER PRIMARY KEY,
    account INTEGER NOT NULL REFERENCES account,
    subscription_id TEXT NOT NULL,
    reference TEXT,
    status TEXT,
    state TEXT NOT NULL CHECK (state = 'trial' OR state = 'active' OR state = 'pending' OR state = 'past_due' OR state = 'failed' OR
        state = 'cancelled' OR state = 'expired' OR state = 'unknown'),
    judged TEXT NOT NULL,               -- the state of payments that stands for it where evidence is judged
    event TEXT,
    plan TEXT,
    amount_minor INTEGER,
    currency TEXT,
    payment_id TEXT,
    paid_cycles INTEGER,
    gateway_updated_at INTEGER,         -- when its last transaction was made
    renews_at INTEGER,
    active_until INTEGER,
    held INTEGER NOT NULL CHECK (held IN (0, 1)),
    first_seen_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    next_poll_at INTEGER,               -- it is asked about on demand only, and has no phase of its own
    attempt INTEGER NOT NULL,
    wished_at INTEGER,
    asking_since INTEGER,
    UNIQUE (subscription_id, account)
) STRICT;
CREATE INDEX subscription_due ON subscription (account, next_poll_at) WHERE next_poll_at IS NOT NULL;

-- What the next charge of a buyer needs; it stays when bodies are emptied.
CREATE TABLE token (
    account INTEGER NOT NULL REFERENCES account,
    kind TEXT NOT NULL CHECK (kind = 'card' OR kind = 'recurring' OR kind = 'subscription'),
    token TEXT NOT NULL,
    customer_id TEXT,
    reference TEXT,
    payment_id TEXT,
    card_brand TEXT,
    card_last_4 TEXT,
    expires_on TEXT,
    source TEXT NOT NULL CHECK (source = 'callback' OR source = 'poll'),
    evidence INTEGER NOT NULL,          -- what last told of it
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (token, account, kind)
) STRICT, WITHOUT ROWID;
CREATE INDEX token_by_payment ON token (payment_id, account) WHERE payment_id IS NOT NULL;

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
    detail TEXT,                        -- what was left out, or could not be read, in words that name places
    effect TEXT NOT NULL CHECK (effect = 'applied' OR effect = 'unchanged' OR effect = 'late' OR effect = 'held' OR
        effect = 'unrecognised' OR effect = 'undecodable'),
    rule INTEGER,                       -- the row of the table of evidence that decided
    payment INTEGER REFERENCES payment,
    operation_id TEXT,
    checkout INTEGER REFERENCES checkout,
    subscription INTEGER REFERENCES subscription,
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    locality INTEGER NOT NULL,          -- follows from the bytes, as the digest does, and has new digests stand next to each other
    body BLOB,
    reverified_at INTEGER,              -- it was refused at first, and proved then; NULL: it was proved when it came
    content_type TEXT,                  -- the headers that are passed on with it; NULL where the account has no target
    content_signature TEXT,
    UNIQUE (locality, digest, account)
) STRICT;
CREATE INDEX callback_by_payment ON callback (payment) WHERE payment IS NOT NULL;
CREATE INDEX callback_by_account ON callback (account, received_at);
CREATE INDEX callback_by_checkout ON callback (checkout) WHERE checkout IS NOT NULL;
CREATE INDEX callback_by_subscription ON callback (subscription) WHERE subscription IS NOT NULL;

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
    body BLOB,
    status TEXT,                        -- the gateway's word in the answer
    endpoint TEXT,
    detail TEXT,                        -- why there is no answer, or none that can be believed; or what was left out
    after_callback INTEGER,             -- its place among all evidence: it follows this callback, and comes before the next one
    recorded_at INTEGER,                -- what follows from the answer is reckoned from it
    asked_entity TEXT CHECK (asked_entity IN ('payment', 'operation', 'checkout', 'subscription')),
    asked_id TEXT,                      -- the name by which the gateway was asked
    mark INTEGER,                       -- the last callback when it was asked: a later one overtook it
    wish INTEGER,                       -- the wish that it serves
    pause INTEGER,                      -- milliseconds for which the gateway is left alone after it
    interrupted INTEGER NOT NULL DEFAULT 0 CHECK (interrupted IN (0, 1)), -- the process ended before an answer was recorded
    size INTEGER,                       -- of an answer that is not believed: how many bytes came,
    digest BLOB CHECK (length(digest) = 32),  -- and their SHA-256,
    kept_bytes INTEGER                  -- and how many of them are in body; NULL: none
) STRICT;
CREATE INDEX poll_kept ON poll (id, kept_bytes) WHERE kept_bytes IS NOT NULL;
CREATE INDEX poll_by_payment ON poll (payment) WHERE payment IS NOT NULL;
CREATE INDEX poll_by_checkout ON poll (checkout) WHERE checkout IS NOT NULL;
CREATE INDEX poll_by_subscription ON poll (subscription) WHERE subscription IS NOT NULL;

-- A question that is being put. What a start finds here was under way when the process ended.
CREATE TABLE question (
    account INTEGER NOT NULL REFERENCES account,
    entity TEXT NOT NULL CHECK (entity IN ('payment', 'operation', 'checkout', 'subscription')),
    entity_id TEXT NOT NULL,
    place INTEGER NOT NULL,             -- the row of the payment, checkout or subscription
    asked_at INTEGER NOT NULL,
    mark INTEGER NOT NULL,              -- as in poll
    wish INTEGER,
    suspect INTEGER NOT NULL CHECK (suspect IN (0, 1)),  -- it was under way before when the process ended
    PRIMARY KEY (account, entity, entity_id)
) STRICT, WITHOUT ROWID;

-- What a person, or a program in their name, told Paystate to do: evidence operator:N.
CREATE TABLE instruction (
    id INTEGER PRIMARY KEY,
    account INTEGER NOT NULL REFERENCES account,
    given_at INTEGER NOT NULL,
    command TEXT NOT NULL CHECK (command IN ('watch', 'poll', 'acknowledge')),
    payment INTEGER REFERENCES payment,
    operation_id TEXT,
    checkout INTEGER REFERENCES checkout,
    subscription INTEGER REFERENCES subscription,
    reference TEXT,
    amount_minor INTEGER,
    currency TEXT,
    callback INTEGER,                   -- acknowledge: what the anomaly is about, where it is about nothing that is known
    kind TEXT,                          -- acknowledge: the kind of the anomaly
    note TEXT,
    after_callback INTEGER,
    after_poll INTEGER,
    named TEXT,                         -- the name that was given: an operation's may stand for its payment
    CHECK ((payment IS NOT NULL) + (checkout IS NOT NULL) + (subscription IS NOT NULL) + (callback IS NOT NULL) = 1)
) STRICT;
CREATE INDEX instruction_by_payment ON instruction (payment) WHERE payment IS NOT NULL;
CREATE INDEX instruction_by_checkout ON instruction (checkout) WHERE checkout IS NOT NULL;

-- One change of status, amount or sum. seq has no gaps and follows the order of commits: it is the change feed.
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
    kind TEXT,                          -- of an operation its kind; of a payment what moved
    amount_minor INTEGER,
    currency TEXT,
    held_minor INTEGER,                 -- of a payment: what it came to
    captured_minor INTEGER,
    refunded_minor INTEGER,
    charged_back_minor INTEGER,
    paid_out_minor INTEGER,
    moved_minor INTEGER CHECK (moved_minor <> 0),  -- what it changed in the balance; a payout counts against the merchant
    moved_by TEXT,                      -- the operation that moved it
    nuance TEXT,
    recorded_at INTEGER NOT NULL,
    CHECK ((payment IS NOT NULL) + (checkout IS NOT NULL) + (subscription IS NOT NULL) = 1)
) STRICT;
CREATE INDEX transition_by_payment ON transition (payment) WHERE payment IS NOT NULL;
CREATE INDEX transition_by_checkout ON transition (checkout) WHERE checkout IS NOT NULL;
CREATE INDEX transition_by_subscription ON transition (subscription) WHERE subscription IS NOT NULL;
CREATE INDEX transition_by_poll ON transition (recorded_at) WHERE source = 'poll';

-- A contradiction or surprise; open at most once per kind and subject.
CREATE TABLE anomaly (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind = 'regression' OR kind = 'unknown_status' OR kind = 'unknown_type' OR
        kind = 'amount_mismatch' OR kind = 'currency_mismatch' OR kind = 'inconsistent_sums' OR kind = 'conflict' OR kind = 'undecodable' OR kind = 'foreign_answer' OR kind = 'unresolved' OR
        kind = 'late_success' OR kind = 'manual_correction' OR kind = 'ambiguous_signature' OR kind = 'undelivered'),
    severity TEXT NOT NULL CHECK (severity IN ('alarm', 'notice')),
    account INTEGER NOT NULL REFERENCES account,
    payment INTEGER REFERENCES payment,
    checkout INTEGER REFERENCES checkout,
    subscription INTEGER REFERENCES subscription,
    callback INTEGER,                   -- the subject where there is nothing that is known
    detail TEXT NOT NULL,
    source TEXT NOT NULL CHECK (source = 'callback' OR source = 'poll' OR source = 'operator'),
    evidence INTEGER NOT NULL,
    opened_at INTEGER NOT NULL,
    closed_at INTEGER,
    resolution TEXT,
    acknowledged INTEGER,               -- the instruction by which a person closed it
    CHECK ((closed_at IS NULL) = (resolution IS NULL))
) STRICT;
CREATE UNIQUE INDEX anomaly_open_payment ON anomaly (payment, kind) WHERE closed_at IS NULL AND payment IS NOT NULL;
CREATE UNIQUE INDEX anomaly_open_checkout ON anomaly (checkout, kind)
    WHERE closed_at IS NULL AND payment IS NULL AND checkout IS NOT NULL;
CREATE UNIQUE INDEX anomaly_open_callback ON anomaly (callback, kind)
    WHERE closed_at IS NULL AND payment IS NULL AND checkout IS NULL;
CREATE UNIQUE INDEX anomaly_open_subscription ON anomaly (subscription, kind)
    WHERE closed_at IS NULL AND subscription IS NOT NULL;
CREATE INDEX anomaly_by_payment ON anomaly (payment) WHERE payment IS NOT NULL;
CREATE INDEX anomaly_open_account ON anomaly (account, severity) WHERE closed_at IS NULL;

-- A place that callbacks are passed on to, or that is told of transitions.
CREATE TABLE target (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('forward', 'notify')),
    account INTEGER REFERENCES account, -- forward: whose callbacks are passed on
    name TEXT NOT NULL,
    url TEXT NOT NULL,                  -- without the values of its query, which may be secrets
    configured INTEGER NOT NULL CHECK (configured IN (0, 1)),
    cursor_seq INTEGER,                 -- notify: the last transition that it was told of, or that does not concern it
    attempts INTEGER NOT NULL DEFAULT 0, -- notify: of the event behind the cursor
    first_attempt_at INTEGER,
    next_attempt_at INTEGER,
    gave_up_seq INTEGER,                -- notify: the transition that was given up
    gave_up_at INTEGER,                 -- notify: the cursor stands still until a person decides
    last_status INTEGER,                -- of the last attempt: the HTTP status, if it was answered
    last_error TEXT,                    -- and why it failed; NULL: it did not
    last_success_at INTEGER,
    paused_until INTEGER,               -- it is left alone after trouble
    pause_reason TEXT,
    CHECK ((kind = 'forward') = (account IS NOT NULL)),
    CHECK ((kind = 'notify') = (cursor_seq IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX target_forward ON target (account, name) WHERE account IS NOT NULL;
CREATE UNIQUE INDEX target_notify ON target (name) WHERE account IS NULL;

-- A callback that is passed on to a target. Those of one payment go in the order of their numbers: only the first of them that waits
-- has a time for its next attempt.
CREATE TABLE forward (
    id INTEGER PRIMARY KEY,
    target INTEGER NOT NULL REFERENCES target,
    callback INTEGER NOT NULL REFERENCES callback,
    payment INTEGER,                    -- whose order it keeps; no reference: a rebuild may number payments anew
    state TEXT NOT NULL CHECK (state = 'waiting' OR state = 'delivered' OR state = 'gave_up'),
    attempts INTEGER NOT NULL,
    generation INTEGER NOT NULL DEFAULT 0,  -- how often it was ordered again: a result of before does not count
    created_at INTEGER NOT NULL,
    first_attempt_at INTEGER,           -- giving up is reckoned from it
    next_attempt_at INTEGER,            -- NULL: it does not wait, or an earlier one goes first
    last_status INTEGER,
    last_error TEXT,
    delivered_at INTEGER,
    UNIQUE (callback, target)
) STRICT;
CREATE INDEX forward_due ON forward (target, next_attempt_at) WHERE next_attempt_at IS NOT NULL;
CREATE INDEX forward_waiting ON forward (target, payment, id) WHERE state = 'waiting';
CREATE INDEX forward_given_up ON forward (target, payment) WHERE state = 'gave_up';

-- A refused request, kept within quotas so that a wrong key can be found and mended; never evidence of anything.
CREATE TABLE rejection (
    id INTEGER PRIMARY KEY,
    account INTEGER NOT NULL REFERENCES account,
    received_at INTEGER NOT NULL,
    remote_address TEXT,
    network TEXT NOT NULL DEFAULT '',   -- whose share it is of: the address, of IPv6 its first 64 bits; empty: no address is known
    reason TEXT NOT NULL CHECK (reason = 'unauthenticated' OR reason = 'forged' OR reason = 'foreign' OR reason = 'malformed'),
    size INTEGER NOT NULL,
    signature TEXT,
    body BLOB NOT NULL
) STRICT;
CREATE INDEX rejection_by_account ON rejection (account, received_at);
CREATE INDEX rejection_by_sender ON rejection (account, network);

-- How many refused requests are not kept, though they are not old, because others needed their place; by hours since 1970.
CREATE TABLE unkept_rejections (
    account INTEGER NOT NULL REFERENCES account,
    hour INTEGER NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (account, hour)
) STRICT, WITHOUT ROWID;

-- By which schedule things were asked about, from which place on. Durations are milliseconds, in lists with commas between.
CREATE TABLE schedule (
    id INTEGER PRIMARY KEY,
    after_callback INTEGER NOT NULL,
    after_poll INTEGER NOT NULL,
    after_instruction INTEGER NOT NULL,
    first_after INTEGER NOT NULL,
    steps TEXT NOT NULL,
    give_up_after INTEGER NOT NULL,
    authorized_every INTEGER NOT NULL,
    second_look INTEGER NOT NULL,
    audit TEXT NOT NULL
) STRICT;

-- How far the emptying of bodies has come. Callbacks and polls are looked at in the order in which they were recorded.
CREATE TABLE pruning (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    finished_at INTEGER,                -- when it last came to its end; NULL: never
    callback INTEGER NOT NULL,          -- the last callback that was looked at
    poll INTEGER NOT NULL,              -- the last poll
    looked_at INTEGER,                  -- the clock's time at the last look
    doubted_at INTEGER,                 -- when it was found to have gone ahead by more than a day; NULL: it is believed
    trusted_at INTEGER                  -- the last time before that
) STRICT;
INSERT INTO pruning (id, finished_at, callback, poll) VALUES (1, NULL, 0, 0);

-- How the last check of the database's pages came out.
CREATE TABLE page_check (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    finished_at INTEGER NOT NULL,
    damage TEXT                         -- the first of what was found, in SQLite's words; NULL: nothing
) STRICT;

-- Bodies that were passed by, old as they are, because something that is not settled rests on them: looked at each time.
CREATE TABLE needed_body (
    source TEXT NOT NULL CHECK (source IN ('callback', 'poll')),
    evidence INTEGER NOT NULL,          -- the number of the callback or poll
    PRIMARY KEY (source, evidence)
) STRICT, WITHOUT ROWID;

-- What an hour was like at an account, from its first callback on; kept for eight weeks.
CREATE TABLE hour (
    hour INTEGER NOT NULL,              -- since 1970-01-01T00:00:00Z
    account INTEGER NOT NULL REFERENCES account,
    callbacks INTEGER NOT NULL,
    longest_silence INTEGER NOT NULL,   -- the longest that, within the hour, the last callback was ago; it may lie hours before
    changes INTEGER NOT NULL,           -- transitions that callbacks and polls brought; only within a day of the tally
    found_by_poll INTEGER NOT NULL,     -- those of them that polls brought
    PRIMARY KEY (hour, account)
) STRICT, WITHOUT ROWID;

-- The silence that is usual at an hour of the week, for accounts of which enough is known: of that hour and its neighbours, the
-- longest of the last weeks but for the worst week, which may have been an outage.
CREATE TABLE habit (
    account INTEGER NOT NULL REFERENCES account,
    hour_of_week INTEGER NOT NULL CHECK (hour_of_week BETWEEN 0 AND 167),  -- 0: Monday, 00:00 to 01:00 UTC
    usual_silence INTEGER NOT NULL,
    PRIMARY KEY (account, hour_of_week)
) STRICT, WITHOUT ROWID;

-- What a ledger looks like once it is large, so that the planner chooses well from the first day on: rows of the index, then
-- rows for one value of its first column, of its first two, …. What grows for ever is said to be larger than any ledger is: a table
-- of another program that is joined to it, of which SQLite knows nothing, is taken for a million rows, and has to be read first.
-- Where all indexes are partial, the table's own rows have a line.
ANALYZE;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
('payment', 'sqlite_autoindex_payment_1', '1000000000 1 1'),
('payment', 'payment_by_reference', '400000000 2 2'),
('payment', 'payment_by_watched_reference', '100000000 2 2'),
('payment', 'payment_by_checkout', '400000000 2 2'),
('payment', 'payment_by_card_token', '400000000 2 2 1'),
('payment', 'payment_by_recurring_id', '10000000 2 2 1'),
('payment', 'payment_by_update', '1000000000 1'),
('payment', 'payment_due', '100000 25000 1'),
('payment', 'payment_wished', '1000 250 1'),
('payment', 'payment_open', '100000 25000 8000'),
('operation', 'operation', '1500000000 2 1'),
('operation', 'operation_by_id', '1500000000 1'),
('operation', 'operation_due', '1000 250 1'),
('operation', 'operation_wished', '100 25 1'),
('token', 'token', '10000000 1 1 1'),
('token', 'token_by_payment', '10000000 2 2 1'),
('checkout', 'sqlite_autoindex_checkout_1', '400000000 1 1'),
('checkout', 'checkout_due', '10000 2500 1'),
('checkout', 'checkout_wished', '100 25 1'),
('subscription', 'sqlite_autoindex_subscription_1', '10000000 1 1'),
('subscription', 'subscription_due', '10 5 1'),
('callback', 'sqlite_autoindex_callback_1', '2000000000 1 1 1'),
('callback', 'callback_by_payment', '2000000000 2'),
('callback', 'callback_by_account', '2000000000 500000000 1'),
('callback', 'callback_by_checkout', '10000000 1'),
('callback', 'callback_by_subscription', '10000000 4'),
('instruction', NULL, '10000000'),
('instruction', 'instruction_by_payment', '10000000 1'),
('transition', NULL, '1000000000'),
('transition', 'transition_by_payment', '3000000000 3'),
('transition', 'transition_by_poll', '100000000 1'),
('poll', NULL, '1000000000'),
('poll', 'poll_by_payment', '1000000000 2'),
('poll', 'poll_by_checkout', '100000000 4'),
('anomaly', NULL, '10000000'),
('anomaly', 'anomaly_by_payment', '10000000 1'),
('anomaly', 'anomaly_open_account', '1000 250 125'),
('forward', 'sqlite_autoindex_forward_1', '2000000000 1 1'),
('forward', 'forward_due', '10000 2500 1'),
('forward', 'forward_waiting', '100000 25000 2 1'),
('forward', 'forward_given_up', '100 25 1'),
('hour', 'hour', '13440 10 1'),
('habit', 'habit', '1680 168 1');

-- History is append-only. (Triggers on INSERT would cost every callback a statement journal; seq has no gaps because the one
-- writer lets SQLite count, and a transaction that fails takes its numbers back.)
CREATE TRIGGER transition_is_kept BEFORE DELETE ON transition
BEGIN SELECT RAISE(ABORT, 'transitions are append-only'); END;
CREATE TRIGGER transition_is_final BEFORE UPDATE ON transition
BEGIN SELECT RAISE(ABORT, 'transitions are append-only'); END;
CREATE TRIGGER callback_is_kept BEFORE DELETE ON callback
BEGIN SELECT RAISE(ABORT, 'callbacks are kept'); END;
CREATE TRIGGER callback_is_final BEFORE UPDATE OF id, account, received_at, verdict, form, key_id, digest, locality ON callback
BEGIN SELECT RAISE(ABORT, 'callbacks are kept as they came'); END;
CREATE TRIGGER callback_body_is_final BEFORE UPDATE OF body ON callback WHEN NEW.body IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a body is only ever emptied'); END;
CREATE TRIGGER callback_is_reverified_once BEFORE UPDATE OF reverified_at ON callback WHEN OLD.reverified_at IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'callbacks are kept as they came'); END;
CREATE TRIGGER poll_is_kept BEFORE DELETE ON poll
BEGIN SELECT RAISE(ABORT, 'polls are kept'); END;
CREATE TRIGGER poll_is_final BEFORE UPDATE OF id, account, asked_at, answered_at, http_status, outcome ON poll
BEGIN SELECT RAISE(ABORT, 'polls are kept as they came'); END;
CREATE TRIGGER poll_body_is_final BEFORE UPDATE OF body ON poll WHEN NEW.body IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a body is only ever emptied'); END;
CREATE TRIGGER instruction_is_kept BEFORE DELETE ON instruction
BEGIN SELECT RAISE(ABORT, 'instructions are kept'); END;
CREATE TRIGGER instruction_is_final BEFORE UPDATE ON instruction
BEGIN SELECT RAISE(ABORT, 'instructions are kept as they were given'); END;
CREATE TRIGGER schedule_is_kept BEFORE DELETE ON schedule
BEGIN SELECT RAISE(ABORT, 'schedules are kept'); END;
CREATE TRIGGER schedule_is_final BEFORE UPDATE ON schedule
BEGIN SELECT RAISE(ABORT, 'schedules are kept as they were'); END;
