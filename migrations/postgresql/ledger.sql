-- The ledger of Paystate on PostgreSQL: the tables of the SQLite schema with the same columns in the same order. The views are laid
-- down by the next step, from the same texts as for SQLite. The program creates the schema `paystate` and runs this file in one
-- transaction with that schema as its search_path: no name below is qualified.
-- Tables have singular names and are private; views have plural names and are the public interface (columns are only ever added).
-- Times are bigint milliseconds since 1970-01-01T00:00:00Z; amounts are bigint minor units; flags are 0 or 1.
--
-- Our own closed sets are domains and not CHECKs of tables: a CHECK is parsed from its text in every statement, while a domain is
-- compiled once a session (measured: with CHECKs the tables that each callback writes take less than half as many rows a second).
-- For the same reason those tables have no CHECK of several columns; SQLite has them, and so has each backup, which is a SQLite file.
-- There are no foreign keys: each would look up, and lock, a row a column. The foreign keys of a backup prove what they would.
-- Text compares by its bytes, as in SQLite: COLLATE "C", whatever the database's locale.
--
-- No number comes from a sequence, since one that was drawn is lost with its transaction. The numbers of payments, callbacks, polls,
-- instructions and transitions are counted by the writer; those that SQLite would choose by itself have the same default here, the
-- highest one and one more (at the end). All of that is safe because whoever writes holds the row of `ledger`.

CREATE DOMAIN flag AS bigint CHECK (VALUE = 0 OR VALUE = 1);
CREATE DOMAIN deliveries AS bigint CHECK (VALUE >= 1);
CREATE DOMAIN movement AS bigint CHECK (VALUE <> 0);
CREATE DOMAIN sha256 AS bytea CHECK (length(VALUE) = 32);
CREATE DOMAIN purpose AS text COLLATE "C" CHECK (VALUE IN ('purchase', 'payout', 'transfer', 'verification', 'unknown'));
CREATE DOMAIN nuance AS text COLLATE "C" CHECK (VALUE IN ('resting', 'unconfirmed'));  -- what the word says beyond the state
CREATE DOMAIN payment_state AS text COLLATE "C" CHECK (VALUE IN ('pending', 'authorized', 'succeeded', 'failed', 'cancelled',
    'expired', 'partially_refunded', 'refunded', 'charged_back', 'unknown'));
CREATE DOMAIN operation_state AS text COLLATE "C" CHECK (VALUE IN ('pending', 'succeeded', 'failed', 'cancelled', 'expired',
    'unknown'));  -- of checkouts, too
CREATE DOMAIN subscription_state AS text COLLATE "C" CHECK (VALUE IN ('trial', 'active', 'pending', 'past_due', 'failed',
    'cancelled', 'expired', 'unknown'));
CREATE DOMAIN operation_kind AS text COLLATE "C" CHECK (VALUE IN ('payment', 'authorization', 'recurring', 'capture', 'void',
    'refund', 'refund_reversal', 'chargeback', 'payout', 'manual_change', 'other', 'unknown'));
CREATE DOMAIN contest AS text COLLATE "C" CHECK (VALUE IN ('contradicted', 'unlisted', 'dismissed'));
CREATE DOMAIN decline AS text COLLATE "C" CHECK (VALUE IN ('soft', 'hard', 'risk', 'technical'));
CREATE DOMAIN source AS text COLLATE "C" CHECK (VALUE IN ('callback', 'poll', 'operator'));
CREATE DOMAIN gateway_source AS text COLLATE "C" CHECK (VALUE IN ('callback', 'poll'));
CREATE DOMAIN reconciliation AS text COLLATE "C" CHECK (VALUE IN ('scheduled', 'done', 'unresolved'));
CREATE DOMAIN entity AS text COLLATE "C" CHECK (VALUE IN ('payment', 'operation', 'checkout', 'subscription'));
CREATE DOMAIN token_kind AS text COLLATE "C" CHECK (VALUE IN ('card', 'recurring', 'subscription'));
CREATE DOMAIN verdict AS text COLLATE "C" CHECK (VALUE IN ('valid', 'ambiguous'));
CREATE DOMAIN form AS text COLLATE "C" CHECK (VALUE IN ('natural', 'bytes', 'lines', 'signature', 'basic', 'signature+basic'));
CREATE DOMAIN effect AS text COLLATE "C" CHECK (VALUE IN ('applied', 'unchanged', 'late', 'held', 'unrecognised', 'undecodable'));
CREATE DOMAIN outcome AS text COLLATE "C" CHECK (VALUE IN ('applied', 'unchanged', 'late', 'unrecognised', 'not_found',
    'unauthorized', 'rate_limited', 'unavailable', 'undecodable', 'foreign'));
CREATE DOMAIN command AS text COLLATE "C" CHECK (VALUE IN ('watch', 'poll', 'acknowledge'));
CREATE DOMAIN anomaly_kind AS text COLLATE "C" CHECK (VALUE IN ('regression', 'unknown_status', 'unknown_type', 'amount_mismatch',
    'currency_mismatch', 'inconsistent_sums', 'conflict', 'undecodable', 'foreign_answer', 'unresolved', 'late_success',
    'manual_correction', 'ambiguous_signature', 'undelivered'));
CREATE DOMAIN severity AS text COLLATE "C" CHECK (VALUE IN ('alarm', 'notice'));
CREATE DOMAIN target_kind AS text COLLATE "C" CHECK (VALUE IN ('forward', 'notify'));
CREATE DOMAIN forward_state AS text COLLATE "C" CHECK (VALUE IN ('waiting', 'delivered', 'gave_up'));
CREATE DOMAIN rejection_reason AS text COLLATE "C" CHECK (VALUE IN ('unauthenticated', 'forged', 'foreign', 'malformed'));

-- The one row that every transaction of a writer locks before it reads or writes anything else: so one receiver writes at a time, and
-- numbers follow the order of commits. It is laid down by the program, after this file.
CREATE TABLE ledger (
    id bigint PRIMARY KEY CHECK (id = 1),
    schema bigint NOT NULL,             -- the version of the schema: a receiver that knows only older ones stops writing
    history text COLLATE "C" NOT NULL   -- a random name: another one is another ledger, whose numbers mean other things
);

-- Which of several receivers does what need be done only once: asks an account's gateway, prunes, tallies. By the database's clock;
-- whoever holds it renews it, and gives it up when it stops. Politeness depends on leases, nothing that is recorded does.
CREATE TABLE lease (
    name text COLLATE "C" PRIMARY KEY,
    holder text COLLATE "C" NOT NULL,   -- the receiver
    until timestamptz NOT NULL
);

-- A merchant account at a gateway, as configured; rows are never deleted, for history refers to them.
CREATE TABLE account (
    id bigint PRIMARY KEY,
    name text COLLATE "C" NOT NULL UNIQUE,
    gateway text COLLATE "C" NOT NULL,
    folded flag NOT NULL,               -- whether a payment's state is the fold of its operations
    paused_until bigint,                -- the gateway is left alone after trouble; NULL while it is asked
    pause_reason text COLLATE "C",      -- why: a word of polls.outcome
    open_payments bigint NOT NULL DEFAULT 0 -- those that are pending, authorized or unknown: counted here, for they may be millions
);

-- Digits after the decimal point by currency: the table of ISO 4217 in the code, laid down here for the views.
CREATE TABLE currency (
    code text COLLATE "C" PRIMARY KEY,
    exponent bigint NOT NULL CHECK (exponent BETWEEN 0 AND 4)
);

-- What every view and column means.
CREATE TABLE schema_doc (
    object text COLLATE "C" NOT NULL,
    "column" text COLLATE "C" NOT NULL,  -- empty: the view itself
    description text COLLATE "C" NOT NULL,
    PRIMARY KEY (object, "column")
);

-- SHA-256 of the texts of the views: other texts are laid down anew.
CREATE TABLE view_digest (
    id bigint PRIMARY KEY CHECK (id = 0),
    digest bytea NOT NULL
);

-- A row that is written to prove that the database can be written.
CREATE TABLE heartbeat (
    id bigint PRIMARY KEY CHECK (id = 1),
    at bigint NOT NULL,
    ballast bytea                       -- after a write that failed it is as heavy as a callback: a smaller one would prove nothing
);

CREATE TABLE payment (
    id bigint PRIMARY KEY,
    account bigint NOT NULL,
    payment_id text COLLATE "C" NOT NULL,
    reference text COLLATE "C",         -- NULL where payment_id itself is the merchant's name: it needs no second index
    checkout_token text COLLATE "C",
    type text COLLATE "C",
    purpose purpose NOT NULL,
    method text COLLATE "C",
    status text COLLATE "C",
    nuance nuance,                      -- what the word says beyond the state
    state payment_state NOT NULL,
    amount_minor bigint,                -- what the buyer was asked for
    currency text COLLATE "C",
    initial_amount_minor bigint,
    surcharge_minor bigint,
    held_minor bigint NOT NULL,         -- the sums, which the payment's transitions book
    captured_minor bigint NOT NULL,
    refunded_minor bigint NOT NULL,
    charged_back_minor bigint NOT NULL,
    paid_out_minor bigint NOT NULL,
    balance_minor bigint NOT NULL,      -- captured - refunded - charged back, stopping at the limits of 64 bits
    questioned_sum_minor bigint,        -- a stated sum that nothing explained, and that the gateway was asked about
    test flag,
    code text COLLATE "C",
    message text COLLATE "C",
    card_brand text COLLATE "C",
    card_last_4 text COLLATE "C",
    card_expiry text COLLATE "C",
    customer_id text COLLATE "C",       -- what the next charge of the same buyer needs
    card_token text COLLATE "C",
    recurring_id text COLLATE "C",
    recurring_expires_on text COLLATE "C",
    paid_at bigint,
    settled_at bigint,
    expires_at bigint,                  -- until when it may still be paid, as the gateway says
    expected_amount_minor bigint,
    expected_currency text COLLATE "C",
    watched_reference text COLLATE "C",  -- the reference that watch was told
    first_seen_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    gateway_updated_at bigint,
    last_source source NOT NULL,
    held flag NOT NULL,
    reconciliation reconciliation NOT NULL,
    next_poll_at bigint,
    attempt bigint NOT NULL,            -- questions sent since the last evidence
    wished_at bigint,                   -- since when an answer is wanted at once
    asking_since bigint,                -- the last evidence: the schedule is counted from it
    endpoint text COLLATE "C",          -- the endpoint that knew it, a word of the gateway's folder
    last_poll_at bigint,
    last_poll_outcome text COLLATE "C",
    polls bigint NOT NULL DEFAULT 0,
    merged_into bigint,                 -- a child was taken for a root until its own parent was known
    UNIQUE (payment_id, account)
);
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
    account bigint NOT NULL,
    payment bigint NOT NULL,
    operation_id text COLLATE "C" NOT NULL,
    parent_id text COLLATE "C",
    type text COLLATE "C",
    kind operation_kind NOT NULL,
    status text COLLATE "C",
    nuance nuance,
    state operation_state NOT NULL,
    amount_minor bigint,
    currency text COLLATE "C",
    contest contest,                    -- why it is in doubt
    code text COLLATE "C",
    message text COLLATE "C",
    decline decline,
    rrn text COLLATE "C",
    auth_code text COLLATE "C",
    receipt_url text COLLATE "C",
    test flag,
    first_seen_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    gateway_created_at bigint,
    gateway_updated_at bigint,
    corrected_at bigint,                -- the gateway's time of its last correction by hand
    held flag NOT NULL,
    reconciliation reconciliation NOT NULL,
    next_poll_at bigint,                -- only where the operation is asked about by its own id
    attempt bigint NOT NULL,
    wished_at bigint,
    asking_since bigint,
    endpoint text COLLATE "C",
    PRIMARY KEY (payment, operation_id)
);
CREATE INDEX operation_by_id ON operation (operation_id);
CREATE INDEX operation_due ON operation (account, next_poll_at) WHERE next_poll_at IS NOT NULL;
CREATE INDEX operation_wished ON operation (account, next_poll_at) WHERE wished_at IS NOT NULL;
CREATE INDEX operation_unresolved ON operation (account) WHERE reconciliation = 'unresolved';

CREATE TABLE checkout (
    id bigint PRIMARY KEY,
    account bigint NOT NULL,
    token text COLLATE "C" NOT NULL,
    reference text COLLATE "C",
    status text COLLATE "C",
    state operation_state NOT NULL,
    finished flag NOT NULL,
    expired flag NOT NULL,
    test flag,
    amount_minor bigint,
    currency text COLLATE "C",
    payment_id text COLLATE "C",
    expires_at bigint,
    expected_amount_minor bigint,
    expected_currency text COLLATE "C",
    watched_reference text COLLATE "C",
    first_seen_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    held flag NOT NULL,
    reconciliation reconciliation NOT NULL,
    next_poll_at bigint,
    attempt bigint NOT NULL,
    wished_at bigint,
    asking_since bigint,
    UNIQUE (token, account)
);
CREATE INDEX checkout_due ON checkout (account, next_poll_at) WHERE next_poll_at IS NOT NULL;
CREATE INDEX checkout_wished ON checkout (account, next_poll_at) WHERE wished_at IS NOT NULL;
CREATE INDEX checkout_unresolved ON checkout (account) WHERE reconciliation = 'unresolved';

CREATE TABLE subscription (
    id bigint PRIMARY KEY,
    account bigint NOT NULL,
    subscription_id text COLLATE "C" NOT NULL,
    reference text COLLATE "C",
    status text COLLATE "C",
    state subscription_state NOT NULL,
    judged text COLLATE "C" NOT NULL,   -- the state of payments that stands for it where evidence is judged
    event text COLLATE "C",
    plan text COLLATE "C",
    amount_minor bigint,
    currency text COLLATE "C",
    payment_id text COLLATE "C",
    paid_cycles bigint,
    gateway_updated_at bigint,          -- when its last transaction was made
    renews_at bigint,
    active_until bigint,
    held flag NOT NULL,
    first_seen_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    next_poll_at bigint,                -- it is asked about on demand only, and has no phase of its own
    attempt bigint NOT NULL,
    wished_at bigint,
    asking_since bigint,
    UNIQUE (subscription_id, account)
);
CREATE INDEX subscription_due ON subscription (account, next_poll_at) WHERE next_poll_at IS NOT NULL;

-- What the next charge of a buyer needs; it stays when bodies are emptied.
CREATE TABLE token (
    account bigint NOT NULL,
    kind token_kind NOT NULL,
    token text COLLATE "C" NOT NULL,
    customer_id text COLLATE "C",
    reference text COLLATE "C",
    payment_id text COLLATE "C",
    card_brand text COLLATE "C",
    card_last_4 text COLLATE "C",
    expires_on text COLLATE "C",
    source gateway_source NOT NULL,
    evidence bigint NOT NULL,           -- what last told of it
    updated_at bigint NOT NULL,
    PRIMARY KEY (token, account, kind)
);
CREATE INDEX token_by_payment ON token (payment_id, account) WHERE payment_id IS NOT NULL;

-- An authentic callback. The digest and what was decided stay for ever; only the body is ever emptied.
CREATE TABLE callback (
    id bigint PRIMARY KEY,
    account bigint NOT NULL,
    received_at bigint NOT NULL,
    last_received_at bigint NOT NULL,
    deliveries deliveries NOT NULL DEFAULT 1,
    remote_address text COLLATE "C",
    verdict verdict NOT NULL,
    form form NOT NULL,
    key_id text COLLATE "C" NOT NULL,
    status text COLLATE "C",
    detail text COLLATE "C",            -- what was left out, or could not be read, in words that name places
    effect effect NOT NULL,
    rule bigint,                        -- the row of the table of evidence that decided
    payment bigint,
    operation_id text COLLATE "C",
    checkout bigint,
    subscription bigint,
    digest sha256 NOT NULL,
    locality bigint NOT NULL,           -- follows from the bytes, as the digest does, and has new digests stand next to each other
    body bytea,
    reverified_at bigint,               -- it was refused at first, and proved then; NULL: it was proved when it came
    content_type text COLLATE "C",      -- the headers that are passed on with it; NULL where the account has no target
    content_signature text COLLATE "C",
    UNIQUE (locality, digest, account)
);
CREATE INDEX callback_by_payment ON callback (payment) WHERE payment IS NOT NULL;
CREATE INDEX callback_by_account ON callback (account, received_at);
CREATE INDEX callback_by_checkout ON callback (checkout) WHERE checkout IS NOT NULL;
CREATE INDEX callback_by_subscription ON callback (subscription) WHERE subscription IS NOT NULL;

-- A question to a gateway's status endpoint, with its answer.
CREATE TABLE poll (
    id bigint PRIMARY KEY,
    account bigint NOT NULL,
    payment bigint,
    operation_id text COLLATE "C",
    checkout bigint,
    subscription bigint,
    asked_at bigint NOT NULL,
    answered_at bigint,
    http_status bigint,
    outcome outcome,
    rule bigint,
    body bytea,
    status text COLLATE "C",            -- the gateway's word in the answer
    endpoint text COLLATE "C",
    detail text COLLATE "C",            -- why there is no answer, or none that can be believed; or what was left out
    after_callback bigint,              -- its place among all evidence: it follows this callback, and comes before the next one
    recorded_at bigint,                 -- what follows from the answer is reckoned from it
    asked_entity entity,
    asked_id text COLLATE "C",          -- the name by which the gateway was asked
    mark bigint,                        -- the last callback when it was asked: a later one overtook it
    wish bigint,                        -- the wish that it serves
    pause bigint,                       -- milliseconds for which the gateway is left alone after it
    interrupted flag NOT NULL DEFAULT 0,  -- the process ended before an answer was recorded
    size bigint,                        -- of an answer that is not believed: how many bytes came,
    digest sha256,                      -- and their SHA-256,
    kept_bytes bigint                   -- and how many of them are in body; NULL: none
);
CREATE INDEX poll_kept ON poll (id, kept_bytes) WHERE kept_bytes IS NOT NULL;
CREATE INDEX poll_by_payment ON poll (payment) WHERE payment IS NOT NULL;
CREATE INDEX poll_by_checkout ON poll (checkout) WHERE checkout IS NOT NULL;
CREATE INDEX poll_by_subscription ON poll (subscription) WHERE subscription IS NOT NULL;

-- A question that is being put. What a start finds here was under way when the process ended.
CREATE TABLE question (
    account bigint NOT NULL,
    entity entity NOT NULL,
    entity_id text COLLATE "C" NOT NULL,
    place bigint NOT NULL,              -- the row of the payment, checkout or subscription
    asked_at bigint NOT NULL,
    mark bigint NOT NULL,               -- as in poll
    wish bigint,
    suspect flag NOT NULL,              -- it was under way before when the process ended
    PRIMARY KEY (account, entity, entity_id)
);

-- What a person, or a program in their name, told Paystate to do: evidence operator:N.
CREATE TABLE instruction (
    id bigint PRIMARY KEY,
    account bigint NOT NULL,
    given_at bigint NOT NULL,
    command command NOT NULL,
    payment bigint,
    operation_id text COLLATE "C",
    checkout bigint,
    subscription bigint,
    reference text COLLATE "C",
    amount_minor bigint,
    currency text COLLATE "C",
    callback bigint,                    -- acknowledge: what the anomaly is about, where it is about nothing that is known
    kind text COLLATE "C",              -- acknowledge: the kind of the anomaly
    note text COLLATE "C",
    after_callback bigint,
    after_poll bigint,
    named text COLLATE "C",             -- the name that was given: an operation's may stand for its payment
    CHECK (num_nonnulls(payment, checkout, subscription, callback) = 1)
);
CREATE INDEX instruction_by_payment ON instruction (payment) WHERE payment IS NOT NULL;
CREATE INDEX instruction_by_checkout ON instruction (checkout) WHERE checkout IS NOT NULL;

-- One change of status, amount or sum. seq has no gaps and follows the order of commits: it is the change feed.
CREATE TABLE transition (
    seq bigint PRIMARY KEY,
    account bigint NOT NULL,
    payment bigint,
    operation_id text COLLATE "C",      -- NULL: the payment itself
    checkout bigint,
    subscription bigint,
    from_status text COLLATE "C",
    to_status text COLLATE "C",
    from_state text COLLATE "C",
    to_state text COLLATE "C" NOT NULL,
    source source NOT NULL,
    evidence bigint NOT NULL,
    gateway_time bigint,
    kind text COLLATE "C",              -- of an operation its kind; of a payment what moved
    amount_minor bigint,
    currency text COLLATE "C",
    held_minor bigint,                  -- of a payment: what it came to
    captured_minor bigint,
    refunded_minor bigint,
    charged_back_minor bigint,
    paid_out_minor bigint,
    moved_minor movement,               -- what it changed in the balance; a payout counts against the merchant
    moved_by text COLLATE "C",          -- the operation that moved it
    nuance text COLLATE "C",
    recorded_at bigint NOT NULL
);
CREATE INDEX transition_by_payment ON transition (payment) WHERE payment IS NOT NULL;
CREATE INDEX transition_by_checkout ON transition (checkout) WHERE checkout IS NOT NULL;
CREATE INDEX transition_by_subscription ON transition (subscription) WHERE subscription IS NOT NULL;
CREATE INDEX transition_by_poll ON transition (recorded_at) WHERE source = 'poll';

-- A contradiction or surprise; open at most once per kind and subject.
CREATE TABLE anomaly (
    id bigint PRIMARY KEY,
    kind anomaly_kind NOT NULL,
    severity severity NOT NULL,
    account bigint NOT NULL,
    payment bigint,
    checkout bigint,
    subscription bigint,
    callback bigint,                    -- the subject where there is nothing that is known
    detail text COLLATE "C" NOT NULL,
    source source NOT NULL,
    evidence bigint NOT NULL,
    opened_at bigint NOT NULL,
    closed_at bigint,
    resolution text COLLATE "C",
    acknowledged bigint,                -- the instruction by which a person closed it
    CHECK ((closed_at IS NULL) = (resolution IS NULL))
);
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
    id bigint PRIMARY KEY,
    kind target_kind NOT NULL,
    account bigint,                     -- forward: whose callbacks are passed on
    name text COLLATE "C" NOT NULL,
    url text COLLATE "C" NOT NULL,      -- without the values of its query, which may be secrets
    configured flag NOT NULL,
    cursor_seq bigint,                  -- notify: the last transition that it was told of, or that does not concern it
    attempts bigint NOT NULL DEFAULT 0,  -- notify: of the event behind the cursor
    first_attempt_at bigint,
    next_attempt_at bigint,
    gave_up_seq bigint,                 -- notify: the transition that was given up
    gave_up_at bigint,                  -- notify: the cursor stands still until a person decides
    last_status bigint,                 -- of the last attempt: the HTTP status, if it was answered
    last_error text COLLATE "C",        -- and why it failed; NULL: it did not
    last_success_at bigint,
    paused_until bigint,                -- it is left alone after trouble
    pause_reason text COLLATE "C",
    CHECK ((kind = 'forward') = (account IS NOT NULL)),
    CHECK ((kind = 'notify') = (cursor_seq IS NOT NULL))
);
CREATE UNIQUE INDEX target_forward ON target (account, name) WHERE account IS NOT NULL;
CREATE UNIQUE INDEX target_notify ON target (name) WHERE account IS NULL;

-- A callback that is passed on to a target. Those of one payment go in the order of their numbers: only the first of them that waits
-- has a time for its next attempt.
CREATE TABLE forward (
    id bigint PRIMARY KEY,
    target bigint NOT NULL,
    callback bigint NOT NULL,
    payment bigint,                     -- whose order it keeps
    state forward_state NOT NULL,
    attempts bigint NOT NULL,
    generation bigint NOT NULL DEFAULT 0,  -- how often it was ordered again: a result of before does not count
    created_at bigint NOT NULL,
    first_attempt_at bigint,            -- giving up is reckoned from it
    next_attempt_at bigint,             -- NULL: it does not wait, or an earlier one goes first
    last_status bigint,
    last_error text COLLATE "C",
    delivered_at bigint,
    UNIQUE (callback, target)
);
CREATE INDEX forward_due ON forward (target, next_attempt_at) WHERE next_attempt_at IS NOT NULL;
CREATE INDEX forward_waiting ON forward (target, payment, id) WHERE state = 'waiting';
CREATE INDEX forward_given_up ON forward (target, payment) WHERE state = 'gave_up';

-- A refused request, kept within quotas so that a wrong key can be found and mended; never evidence of anything.
CREATE TABLE rejection (
    id bigint PRIMARY KEY,
    account bigint NOT NULL,
    received_at bigint NOT NULL,
    remote_address text COLLATE "C",
    network text COLLATE "C" NOT NULL DEFAULT '',  -- whose share it is of: the address, of IPv6 its first 64 bits; empty: none is known
    reason rejection_reason NOT NULL,
    size bigint NOT NULL,
    signature text COLLATE "C",
    body bytea NOT NULL
);
CREATE INDEX rejection_by_account ON rejection (account, received_at);
CREATE INDEX rejection_by_sender ON rejection (account, network);

-- How many refused requests are not kept, though they are not old, because others needed their place; by hours since 1970.
CREATE TABLE unkept_rejections (
    account bigint NOT NULL,
    hour bigint NOT NULL,
    count bigint NOT NULL,
    PRIMARY KEY (account, hour)
);

-- By which schedule things were asked about, from which place on. Durations are milliseconds, in lists with commas between.
CREATE TABLE schedule (
    id bigint PRIMARY KEY,
    after_callback bigint NOT NULL,
    after_poll bigint NOT NULL,
    after_instruction bigint NOT NULL,
    first_after bigint NOT NULL,
    steps text COLLATE "C" NOT NULL,
    give_up_after bigint NOT NULL,
    authorized_every bigint NOT NULL,
    second_look bigint NOT NULL,
    audit text COLLATE "C" NOT NULL
);

-- How far the emptying of bodies has come. Callbacks and polls are looked at in the order in which they were recorded.
CREATE TABLE pruning (
    id bigint PRIMARY KEY CHECK (id = 1),
    finished_at bigint,                 -- when it last came to its end; NULL: never
    callback bigint NOT NULL,           -- the last callback that was looked at
    poll bigint NOT NULL,               -- the last poll
    looked_at bigint,                   -- the clock's time at the last look
    doubted_at bigint,                  -- when it was found to have gone ahead by more than a day; NULL: it is believed
    trusted_at bigint                   -- the last time before that
);
INSERT INTO pruning (id, finished_at, callback, poll) VALUES (1, NULL, 0, 0);

-- How the last check of the database's pages came out.
CREATE TABLE page_check (
    id bigint PRIMARY KEY CHECK (id = 1),
    finished_at bigint NOT NULL,
    damage text COLLATE "C"             -- the first of what was found, in SQLite's words; NULL: nothing
);

-- Bodies that were passed by, old as they are, because something that is not settled rests on them: looked at each time.
CREATE TABLE needed_body (
    source gateway_source NOT NULL,
    evidence bigint NOT NULL,           -- the number of the callback or poll
    PRIMARY KEY (source, evidence)
);

-- What an hour was like at an account, from its first callback on; kept for eight weeks.
CREATE TABLE hour (
    hour bigint NOT NULL,               -- since 1970-01-01T00:00:00Z
    account bigint NOT NULL,
    callbacks bigint NOT NULL,
    longest_silence bigint NOT NULL,    -- the longest that, within the hour, the last callback was ago; it may lie hours before
    changes bigint NOT NULL,            -- transitions that callbacks and polls brought; only within a day of the tally
    found_by_poll bigint NOT NULL,      -- those of them that polls brought
    PRIMARY KEY (hour, account)
);

-- The silence that is usual at an hour of the week, for accounts of which enough is known: of that hour and its neighbours, the
-- longest of the last weeks but for the worst week, which may have been an outage.
CREATE TABLE habit (
    account bigint NOT NULL,
    hour_of_week bigint NOT NULL CHECK (hour_of_week BETWEEN 0 AND 167),  -- 0: Monday, 00:00 to 01:00 UTC
    usual_silence bigint NOT NULL,
    PRIMARY KEY (account, hour_of_week)
);

-- The numbers that the writer does not count: what SQLite gives to a row that comes without one. (The planner's statistics, which are
-- laid down for SQLite, PostgreSQL keeps up to date by itself.)
CREATE FUNCTION next_account() RETURNS bigint LANGUAGE sql RETURN (SELECT coalesce(max(id), 0) + 1 FROM account);
CREATE FUNCTION next_checkout() RETURNS bigint LANGUAGE sql RETURN (SELECT coalesce(max(id), 0) + 1 FROM checkout);
CREATE FUNCTION next_subscription() RETURNS bigint LANGUAGE sql RETURN (SELECT coalesce(max(id), 0) + 1 FROM subscription);
CREATE FUNCTION next_anomaly() RETURNS bigint LANGUAGE sql RETURN (SELECT coalesce(max(id), 0) + 1 FROM anomaly);
CREATE FUNCTION next_target() RETURNS bigint LANGUAGE sql RETURN (SELECT coalesce(max(id), 0) + 1 FROM target);
CREATE FUNCTION next_forward() RETURNS bigint LANGUAGE sql RETURN (SELECT coalesce(max(id), 0) + 1 FROM forward);
CREATE FUNCTION next_rejection() RETURNS bigint LANGUAGE sql RETURN (SELECT coalesce(max(id), 0) + 1 FROM rejection);
CREATE FUNCTION next_schedule() RETURNS bigint LANGUAGE sql RETURN (SELECT coalesce(max(id), 0) + 1 FROM schedule);
ALTER TABLE account ALTER COLUMN id SET DEFAULT next_account();
ALTER TABLE checkout ALTER COLUMN id SET DEFAULT next_checkout();
ALTER TABLE subscription ALTER COLUMN id SET DEFAULT next_subscription();
ALTER TABLE anomaly ALTER COLUMN id SET DEFAULT next_anomaly();
ALTER TABLE target ALTER COLUMN id SET DEFAULT next_target();
ALTER TABLE forward ALTER COLUMN id SET DEFAULT next_forward();
ALTER TABLE rejection ALTER COLUMN id SET DEFAULT next_rejection();
ALTER TABLE schedule ALTER COLUMN id SET DEFAULT next_schedule();

-- The functions that the views call, whatever the reader's search_path. SQLite has plain expressions in their place. They are
-- simple enough for the planner to put them in line, too.
-- UTC text with milliseconds. Years beyond 9999 have none, as in SQLite.
CREATE FUNCTION paystate_time(bigint) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE WHEN $1 BETWEEN -62135596800000 AND 253402300799999
        THEN to_char(to_timestamp($1 / CAST(1000 AS double precision)) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') END;
-- Minor units as decimal text by the currency's exponent; NULL where that is not known.
CREATE FUNCTION paystate_amount(bigint, bigint) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE $2 WHEN 0 THEN CAST($1 AS text) WHEN 1 THEN CAST($1 * 0.1 AS text) WHEN 2 THEN CAST($1 * 0.01 AS text)
        WHEN 3 THEN CAST($1 * 0.001 AS text) WHEN 4 THEN CAST($1 * 0.0001 AS text) END;
-- Milliseconds, in whole seconds.
CREATE FUNCTION paystate_now() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CAST(floor(extract(epoch FROM statement_timestamp())) AS bigint) * 1000;
-- NULL if either is: greatest() and least() would pass it by.
CREATE FUNCTION paystate_larger(bigint, bigint) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN $1 >= $2 THEN $1 WHEN $1 < $2 THEN $2 END;
CREATE FUNCTION paystate_smaller(bigint, bigint) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN $1 <= $2 THEN $1 WHEN $1 > $2 THEN $2 END;

-- History is append-only. What is said of it is the trigger's argument.
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION USING MESSAGE = TG_ARGV[0], ERRCODE = 'restrict_violation';
    END
$$;
CREATE TRIGGER transition_is_kept BEFORE DELETE ON transition
    FOR EACH ROW EXECUTE FUNCTION refuse('transitions are append-only');
CREATE TRIGGER transition_is_final BEFORE UPDATE ON transition
    FOR EACH ROW EXECUTE FUNCTION refuse('transitions are append-only');
CREATE TRIGGER callback_is_kept BEFORE DELETE ON callback
    FOR EACH ROW EXECUTE FUNCTION refuse('callbacks are kept');
CREATE TRIGGER callback_is_final BEFORE UPDATE OF id, account, received_at, verdict, form, key_id, digest, locality ON callback
    FOR EACH ROW EXECUTE FUNCTION refuse('callbacks are kept as they came');
CREATE TRIGGER callback_body_is_final BEFORE UPDATE OF body ON callback
    FOR EACH ROW WHEN (NEW.body IS NOT NULL) EXECUTE FUNCTION refuse('a body is only ever emptied');
CREATE TRIGGER callback_is_reverified_once BEFORE UPDATE OF reverified_at ON callback
    FOR EACH ROW WHEN (OLD.reverified_at IS NOT NULL) EXECUTE FUNCTION refuse('callbacks are kept as they came');
CREATE TRIGGER poll_is_kept BEFORE DELETE ON poll
    FOR EACH ROW EXECUTE FUNCTION refuse('polls are kept');
CREATE TRIGGER poll_is_final BEFORE UPDATE OF id, account, asked_at, answered_at, http_status, outcome ON poll
    FOR EACH ROW EXECUTE FUNCTION refuse('polls are kept as they came');
CREATE TRIGGER poll_body_is_final BEFORE UPDATE OF body ON poll
    FOR EACH ROW WHEN (NEW.body IS NOT NULL) EXECUTE FUNCTION refuse('a body is only ever emptied');
CREATE TRIGGER instruction_is_kept BEFORE DELETE ON instruction
    FOR EACH ROW EXECUTE FUNCTION refuse('instructions are kept');
CREATE TRIGGER instruction_is_final BEFORE UPDATE ON instruction
    FOR EACH ROW EXECUTE FUNCTION refuse('instructions are kept as they were given');
CREATE TRIGGER schedule_is_kept BEFORE DELETE ON schedule
    FOR EACH ROW EXECUTE FUNCTION refuse('schedules are kept');
CREATE TRIGGER schedule_is_final BEFORE UPDATE ON schedule
    FOR EACH ROW EXECUTE FUNCTION refuse('schedules are kept as they were');
CREATE TRIGGER transition_is_not_truncated BEFORE TRUNCATE ON transition EXECUTE FUNCTION refuse('transitions are append-only');
CREATE TRIGGER callback_is_not_truncated BEFORE TRUNCATE ON callback EXECUTE FUNCTION refuse('callbacks are kept');
CREATE TRIGGER poll_is_not_truncated BEFORE TRUNCATE ON poll EXECUTE FUNCTION refuse('polls are kept');
CREATE TRIGGER instruction_is_not_truncated BEFORE TRUNCATE ON instruction EXECUTE FUNCTION refuse('instructions are kept');
CREATE TRIGGER schedule_is_not_truncated BEFORE TRUNCATE ON schedule EXECUTE FUNCTION refuse('schedules are kept');
