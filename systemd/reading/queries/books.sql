-- What is to be booked?
-- Each movement of real money, signed: what the merchant has more by it. Keep the last `seq`, and ask from there on next time; book
-- payouts apart, for they are no part of any balance.
SELECT seq, recorded_at, account, reference, payment_id, operation_id, kind, amount_minor, amount, currency, purpose, gateway_time,
       evidence_id
FROM entries WHERE seq > :seq AND test = 0 ORDER BY seq LIMIT 500;
