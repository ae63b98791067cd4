-- Version 7: what monitoring needs. Each hour that is over is tallied once, so that nothing recent is ever counted by the million,
-- and what silence is usual at an hour of the week is worked out from these rows.

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

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
('hour', 'hour', '13440 10 1'),
('habit', 'habit', '1680 168 1');

-- Whole hours come from their tallies; callbacks are counted one by one only before the first of them and after the last. What a
-- clock that ran ahead has dated later than now does not count: else it would hide a silence, or prolong an alarm, until then.
DROP VIEW account_health;
CREATE VIEW account_health AS
SELECT account.name AS account, account.gateway AS gateway,
       strftime('%Y-%m-%dT%H:%M:%fZ', (SELECT max(received_at) FROM callback WHERE callback.account = account.id
                AND received_at < clock.later) / 1000.0, 'unixepoch') AS last_callback_at,
       (SELECT coalesce(sum(callbacks), 0) FROM hour
        WHERE hour.hour >= clock.whole AND hour.hour < clock.tallied AND hour.account = account.id)
       + (SELECT count(*) FROM callback WHERE callback.account = account.id
          AND received_at >= max(clock.yesterday, clock.tallied * 3600000) AND received_at < clock.later)
       + (SELECT count(*) FROM callback WHERE callback.account = account.id
          AND received_at >= clock.yesterday AND received_at < min(clock.whole, clock.tallied) * 3600000) AS callbacks_24h,
       (SELECT count(*) FROM rejection WHERE rejection.account = account.id
        AND received_at >= clock.yesterday AND received_at < clock.later)
       AS rejected_24h,
       (SELECT count(*) FROM payment WHERE payment.account = account.id
        AND (state = 'pending' OR state = 'authorized' OR state = 'unknown'))
       - (SELECT count(*) FROM payment INDEXED BY payment_merged WHERE merged_into IS NOT NULL
          AND payment.account = account.id AND (state = 'pending' OR state = 'authorized' OR state = 'unknown')) AS pending,
       (SELECT count(*) FROM payment WHERE payment.account = account.id AND next_poll_at < clock.now)
       + (SELECT count(*) FROM operation WHERE operation.account = account.id AND next_poll_at < clock.now)
       + (SELECT count(*) FROM checkout WHERE checkout.account = account.id AND next_poll_at < clock.now)
       AS overdue,
       (SELECT count(*) FROM payment WHERE payment.account = account.id AND reconciliation = 'unresolved')
       + (SELECT count(*) FROM operation WHERE operation.account = account.id AND reconciliation = 'unresolved')
       + (SELECT count(*) FROM checkout WHERE checkout.account = account.id AND reconciliation = 'unresolved') AS unresolved,
       (SELECT coalesce(sum(found_by_poll), 0) FROM hour
        WHERE hour.hour >= clock.whole AND hour.hour < clock.tallied AND hour.account = account.id)
       + (SELECT count(*) FROM transition WHERE source = 'poll' AND transition.account = account.id
          AND recorded_at >= max(clock.yesterday, clock.tallied * 3600000) AND recorded_at < clock.later)
       + (SELECT count(*) FROM transition WHERE source = 'poll' AND transition.account = account.id
          AND recorded_at >= clock.yesterday AND recorded_at < min(clock.whole, clock.tallied) * 3600000)
       AS found_by_poll_24h,
       (SELECT count(*) FROM anomaly WHERE anomaly.account = account.id AND severity = 'alarm' AND closed_at IS NULL)
       AS open_alarms,
       strftime('%Y-%m-%dT%H:%M:%fZ', account.paused_until / 1000.0, 'unixepoch') AS paused_until,
       account.pause_reason AS pause_reason,
       max(0, clock.now - (SELECT max(received_at) FROM callback WHERE callback.account = account.id
                           AND received_at < clock.later)) / 1000
       AS silent_for_seconds,
       habit.usual_silence / 1000 AS usual_silence_seconds,
       clock.now - (SELECT max(received_at) FROM callback WHERE callback.account = account.id
                    AND received_at < clock.later)
       > max(3 * habit.usual_silence, 300000) AS is_silent,
       (SELECT count(*) FROM rejection WHERE rejection.account = account.id
        AND received_at >= clock.now - 3600000 AND received_at < clock.later)
       AS rejected_1h,
       (SELECT rejected >= 10 AND (rejected > accepted OR rejected * 23 > 3 * before) FROM (
            SELECT (SELECT count(*) FROM rejection WHERE rejection.account = account.id
                    AND received_at >= clock.now - 3600000 AND received_at < clock.later) AS rejected,
                   (SELECT count(*) FROM rejection WHERE rejection.account = account.id
                    AND received_at >= clock.yesterday AND received_at < clock.now - 3600000) AS before,
                   (SELECT count(*) FROM (SELECT 1 FROM callback WHERE callback.account = account.id
                    AND received_at >= clock.now - 3600000 AND received_at < clock.later LIMIT 10000)) AS accepted))
       AS rejection_spike,
       strftime('%Y-%m-%dT%H:%M:%fZ', (SELECT min(next_poll_at) FROM (
            SELECT min(next_poll_at) AS next_poll_at FROM payment
            WHERE payment.account = account.id AND next_poll_at < clock.now
            UNION ALL SELECT min(next_poll_at) FROM operation
            WHERE operation.account = account.id AND next_poll_at < clock.now
            UNION ALL SELECT min(next_poll_at) FROM checkout
            WHERE checkout.account = account.id AND next_poll_at < clock.now)) / 1000.0, 'unixepoch') AS overdue_since,
       (SELECT coalesce(sum(changes), 0) FROM hour
        WHERE hour.hour >= clock.whole AND hour.hour < clock.tallied AND hour.account = account.id)
       AS changes_24h,
       (SELECT 100 * sum(found_by_poll) / nullif(sum(changes), 0) FROM hour
        WHERE hour.hour >= clock.whole AND hour.hour < clock.tallied AND hour.account = account.id) AS found_by_poll_percent
FROM account
CROSS JOIN (SELECT unixepoch() * 1000 AS now, (unixepoch() - 86400) * 1000 AS yesterday,
                   (unixepoch() + 1) * 1000 AS later,  -- the second that has begun is not over
                   unixepoch() / 3600 - 23 AS whole,  -- the first whole hour of the last 24
                   coalesce((SELECT max(hour) + 1 FROM hour WHERE hour < unixepoch() / 3600), 0) AS tallied) AS clock
LEFT JOIN habit ON habit.account = account.id AND habit.hour_of_week = (unixepoch() / 3600 + 72) % 168;

INSERT INTO schema_doc (object, "column", description) VALUES
('account_health', 'silent_for_seconds', 'How long ago the last callback came; NULL if none ever came.'),
('account_health', 'usual_silence_seconds', 'The longest that no callback came, at this hour of the week (UTC) give or take one, in the last eight weeks but for the worst one. NULL while less than four weeks are known, for fewer than ten callbacks a day, and where more than a day is usual.'),
('account_health', 'is_silent', '1 if no callback has come for three times as long as usual, and five minutes at the least; NULL where nothing is known to be usual, or none ever came.'),
('account_health', 'rejected_1h', 'Refused requests that were kept in the last hour.'),
('account_health', 'rejection_spike', '1 if at least ten requests of the last hour were refused: more than were accepted, or three times as many as in an average hour of the day before.'),
('account_health', 'overdue_since', 'For when the oldest question that is overdue was planned (UTC); NULL if none is.'),
('account_health', 'changes_24h', 'Transitions of the last 24 whole hours, brought by callbacks or polls; an hour is tallied when it is over.'),
('account_health', 'found_by_poll_percent', 'How many in a hundred of changes_24h polls found before a callback came; NULL if there were none.');
UPDATE schema_doc SET description = 'One row an account, for monitoring. What a clock that ran ahead has dated later than now does not count.'
WHERE object = 'account_health' AND "column" = '';
