CREATE VIEW targets AS
SELECT target.kind AS kind, account.name AS account, target.name AS name, target.url AS url,
       CASE WHEN target.configured = 0 THEN 'removed'
            WHEN target.gave_up_at IS NOT NULL THEN 'gave_up'
            WHEN target.paused_until > paystate_now() THEN 'paused'
            ELSE 'delivering' END AS state,
       (SELECT count(*) FROM forward WHERE forward.target = target.id AND forward.state = 'waiting') AS waiting,
       (SELECT count(*) FROM forward WHERE forward.target = target.id AND forward.state = 'gave_up') AS gave_up,
       target.cursor_seq AS cursor_seq,
       (SELECT coalesce(max(seq), 0) FROM transition) - target.cursor_seq AS behind,
       paystate_time(target.last_success_at) AS last_success_at,
       CASE WHEN target.paused_until > paystate_now() THEN target.pause_reason END AS pause_reason,
       CASE WHEN target.paused_until > paystate_now() THEN paystate_time(target.paused_until) END AS paused_until,
       target.attempts AS attempts, paystate_time(target.next_attempt_at) AS next_attempt_at,
       target.last_status AS last_status, target.last_error AS last_error,
       paystate_time(target.gave_up_at) AS gave_up_at,
       paystate_time(CASE WHEN target.kind = 'forward' THEN (
           SELECT created_at FROM forward WHERE forward.target = target.id AND forward.next_attempt_at IS NOT NULL
           ORDER BY next_attempt_at LIMIT 1)
           WHEN target.cursor_seq < (SELECT coalesce(max(seq), 0) FROM transition) THEN (
           SELECT recorded_at FROM transition WHERE transition.seq = target.cursor_seq + 1) END) AS waiting_since
FROM target
LEFT JOIN account ON account.id = target.account;

INSERT INTO schema_doc (object, "column", description) VALUES
('targets', '', 'Where callbacks are passed on to (forward), and who is told of transitions (notify).'),
('targets', 'kind', 'forward or notify.'),
('targets', 'account', 'forward: the account whose callbacks are passed on; NULL for notify.'),
('targets', 'name', 'Its name in the configuration.'),
('targets', 'url', 'Where it is; the values of the query are left out.'),
('targets', 'state', 'delivering, paused (it is in trouble, and left alone for a while), gave_up (notify: the cursor stands still until `paystate deliver` moves it), or removed from the configuration.'),
('targets', 'waiting', 'forward: callbacks that are not delivered yet.'),
('targets', 'gave_up', 'forward: callbacks that were given up.'),
('targets', 'cursor_seq', 'notify: it was told of all transitions up to this seq; NULL for forward.'),
('targets', 'behind', 'notify: how many transitions were recorded since; not each of them concerns it.'),
('targets', 'last_success_at', 'When it last accepted something (UTC).'),
('targets', 'pause_reason', 'Why it is left alone, in words; NULL while it is not.'),
('targets', 'paused_until', 'Until when it is left alone (UTC); NULL while it is not.'),
('targets', 'attempts', 'notify: how often the next event was sent in vain.'),
('targets', 'next_attempt_at', 'notify: when it is sent again (UTC); NULL: at once.'),
('targets', 'last_status', 'The HTTP status of the last answer; NULL where there was none.'),
('targets', 'last_error', 'Why the last attempt failed, in words; NULL where it did not.'),
('targets', 'gave_up_at', 'notify: when the cursor was stopped (UTC).'),
('targets', 'waiting_since', 'About how old the backlog is: when what is sent next was recorded (UTC).');
