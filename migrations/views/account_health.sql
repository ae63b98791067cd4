-- Whole hours come from their tallies; callbacks are counted one by one only before the first of them and after the last. What a
-- clock that ran ahead has dated later than now does not count: else it would hide a silence, or prolong an alarm, until then.
CREATE VIEW account_health AS
SELECT account.name AS account, account.gateway AS gateway,
       paystate_time((SELECT max(received_at) FROM callback WHERE callback.account = account.id
                AND received_at < clock.later)) AS last_callback_at,
       (SELECT CAST(coalesce(sum(callbacks), 0) AS bigint) FROM hour
        WHERE hour.hour >= clock.whole AND hour.hour < clock.tallied AND hour.account = account.id)
       + (SELECT count(*) FROM callback WHERE callback.account = account.id
          AND received_at >= paystate_larger(clock.yesterday, clock.tallied * 3600000) AND received_at < clock.later)
       + (SELECT count(*) FROM callback WHERE callback.account = account.id
          AND received_at >= clock.yesterday AND received_at < paystate_smaller(clock.whole, clock.tallied) * 3600000) AS callbacks_24h,
       (SELECT count(*) FROM rejection WHERE rejection.account = account.id
        AND received_at >= clock.yesterday AND received_at < clock.later)
       AS rejected_24h,
       account.open_payments AS pending,
       (SELECT count(*) FROM payment WHERE payment.account = account.id AND next_poll_at < clock.now)
       + (SELECT count(*) FROM operation WHERE operation.account = account.id AND next_poll_at < clock.now)
       + (SELECT count(*) FROM checkout WHERE checkout.account = account.id AND next_poll_at < clock.now)
       AS overdue,
       (SELECT count(*) FROM payment WHERE payment.account = account.id AND reconciliation = 'unresolved')
       + (SELECT count(*) FROM operation WHERE operation.account = account.id AND reconciliation = 'unresolved')
       + (SELECT count(*) FROM checkout WHERE checkout.account = account.id AND reconciliation = 'unresolved') AS unresolved,
       (SELECT CAST(coalesce(sum(found_by_poll), 0) AS bigint) FROM hour
        WHERE hour.hour >= clock.whole AND hour.hour < clock.tallied AND hour.account = account.id)
       + (SELECT count(*) FROM transition WHERE source = 'poll' AND transition.account = account.id
          AND recorded_at >= paystate_larger(clock.yesterday, clock.tallied * 3600000) AND recorded_at < clock.later)
       + (SELECT count(*) FROM transition WHERE source = 'poll' AND transition.account = account.id
          AND recorded_at >= clock.yesterday AND recorded_at < paystate_smaller(clock.whole, clock.tallied) * 3600000)
       AS found_by_poll_24h,
       (SELECT count(*) FROM anomaly WHERE anomaly.account = account.id AND severity = 'alarm' AND closed_at IS NULL)
       AS open_alarms,
       paystate_time(account.paused_until) AS paused_until,
       account.pause_reason AS pause_reason,
       paystate_larger(0, clock.now - (SELECT max(received_at) FROM callback WHERE callback.account = account.id
                           AND received_at < clock.later)) / 1000
       AS silent_for_seconds,
       habit.usual_silence / 1000 AS usual_silence_seconds,
       CAST((clock.now - (SELECT max(received_at) FROM callback WHERE callback.account = account.id
                          AND received_at < clock.later)
             > paystate_larger(3 * habit.usual_silence, 300000)) AS integer) AS is_silent,
       (SELECT count(*) FROM rejection WHERE rejection.account = account.id
        AND received_at >= clock.now - 3600000 AND received_at < clock.later)
       AS rejected_1h,
       (SELECT CASE WHEN rejected >= 10 AND (rejected > accepted OR rejected * 23 > 3 * before) THEN 1 ELSE 0 END FROM (
            SELECT (SELECT count(*) FROM rejection WHERE rejection.account = account.id
                    AND received_at >= clock.now - 3600000 AND received_at < clock.later) AS rejected,
                   (SELECT count(*) FROM rejection WHERE rejection.account = account.id
                    AND received_at >= clock.yesterday AND received_at < clock.now - 3600000) AS before,
                   (SELECT count(*) FROM (SELECT 1 FROM callback WHERE callback.account = account.id
                    AND received_at >= clock.now - 3600000 AND received_at < clock.later LIMIT 10000) AS few) AS accepted) AS counts)
       AS rejection_spike,
       paystate_time((SELECT min(next_poll_at) FROM (
            SELECT min(next_poll_at) AS next_poll_at FROM payment
            WHERE payment.account = account.id AND next_poll_at < clock.now
            UNION ALL SELECT min(next_poll_at) FROM operation
            WHERE operation.account = account.id AND next_poll_at < clock.now
            UNION ALL SELECT min(next_poll_at) FROM checkout
            WHERE checkout.account = account.id AND next_poll_at < clock.now) AS dues)) AS overdue_since,
       (SELECT CAST(coalesce(sum(changes), 0) AS bigint) FROM hour
        WHERE hour.hour >= clock.whole AND hour.hour < clock.tallied AND hour.account = account.id)
       AS changes_24h,
       (SELECT CAST(100 * sum(found_by_poll) AS bigint) / nullif(CAST(sum(changes) AS bigint), 0) FROM hour
        WHERE hour.hour >= clock.whole AND hour.hour < clock.tallied AND hour.account = account.id) AS found_by_poll_percent,
       (SELECT CAST(coalesce(sum(count), 0) AS bigint) FROM unkept_rejections AS unkept WHERE unkept.account = account.id
        AND unkept.hour >= clock.whole AND unkept.hour <= clock.now / 3600000) AS rejected_not_kept_24h
FROM account
CROSS JOIN (SELECT paystate_now() AS now, paystate_now() - 86400000 AS yesterday,
                   paystate_now() + 1000 AS later,  -- the second that has begun is not over
                   paystate_now() / 3600000 - 23 AS whole,  -- the first whole hour of the last 24
                   coalesce((SELECT max(hour) + 1 FROM hour WHERE hour < paystate_now() / 3600000), 0) AS tallied) AS clock
LEFT JOIN habit ON habit.account = account.id AND habit.hour_of_week = (paystate_now() / 3600000 + 72) % 168;

INSERT INTO schema_doc (object, "column", description) VALUES
('account_health', '', 'One row an account, for monitoring. What a clock that ran ahead has dated later than now does not count.'),
('account_health', 'account', 'The account''s name in the configuration.'),
('account_health', 'gateway', 'The payment company''s system: ecommpay or ecomcharge.'),
('account_health', 'last_callback_at', 'When its last authentic callback came (UTC).'),
('account_health', 'callbacks_24h', 'Authentic callbacks first received in the last 24 hours.'),
('account_health', 'rejected_24h', 'Refused requests kept of the last 24 hours.'),
('account_health', 'pending', 'Payments that are pending, authorized or unknown.'),
('account_health', 'overdue', 'Questions whose time has come and that were not asked yet.'),
('account_health', 'unresolved', 'Payments, operations and checkouts that the asking gave up on.'),
('account_health', 'found_by_poll_24h', 'Transitions of the last 24 hours that a question brought to light.'),
('account_health', 'open_alarms', 'Alarms that are open.'),
('account_health', 'paused_until', 'The gateway was in trouble, and is not asked before (UTC); NULL while it is asked.'),
('account_health', 'pause_reason', 'What the trouble was: unavailable, rate_limited or undecodable; see polls.outcome.'),
('account_health', 'silent_for_seconds', 'How long ago the last callback came; NULL if none ever came.'),
('account_health', 'usual_silence_seconds', 'The longest that no callback came, at this hour of the week (UTC) give or take one, in the last eight weeks but for the worst one. NULL while less than four weeks are known, for fewer than ten callbacks a day, and where more than a day is usual.'),
('account_health', 'is_silent', '1 if no callback has come for three times as long as usual, and five minutes at the least; NULL where nothing is known to be usual, or none ever came.'),
('account_health', 'rejected_1h', 'Refused requests that were kept in the last hour.'),
('account_health', 'rejection_spike', '1 if at least ten requests of the last hour were refused: more than were accepted, or three times as many as in an average hour of the day before.'),
('account_health', 'overdue_since', 'For when the oldest question that is overdue was planned (UTC); NULL if none is.'),
('account_health', 'changes_24h', 'Transitions of the last 24 whole hours, brought by callbacks or polls; an hour is tallied when it is over.'),
('account_health', 'found_by_poll_percent', 'How many in a hundred of changes_24h polls found before a callback came; NULL if there were none.'),
('account_health', 'rejected_not_kept_24h', 'Refused requests of the last 24 hours that are not in rejected, though they are not old: too many came, and others needed their place. No account and no sender takes that of another.');
