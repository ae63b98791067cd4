-- Version 4: for those who read. An order names the payment that speaks for it and says whether a test is among its payments;
-- what a payment that came to nothing had taken is not paid; sums can be written as decimal text.

DROP VIEW orders;
-- The best of an order's payments speaks for it. Where payment_id is the merchant's own name, an order is one payment.
CREATE VIEW orders AS
SELECT account.name AS account, payment.payment_id AS reference, payment.state AS state, 1 AS payments,
       CASE WHEN payment.state IN ('failed', 'cancelled', 'expired') THEN 0 ELSE payment.captured_minor END AS paid_minor,
       coalesce(payment.refunded_minor, 0) AS refunded_minor, payment.currency AS currency,
       strftime('%Y-%m-%dT%H:%M:%fZ', payment.updated_at / 1000.0, 'unixepoch') AS updated_at,
       payment.payment_id AS payment_id, payment.test AS test
FROM payment
JOIN account ON account.id = payment.account AND account.folded = 0
WHERE payment.reference IS NULL AND payment.merged_into IS NULL
UNION ALL
SELECT account, reference,
       CASE substr(best, 1, 1)
           WHEN '0' THEN 'succeeded' WHEN '1' THEN 'partially_refunded' WHEN '2' THEN 'authorized' WHEN '3' THEN 'pending'
           WHEN '4' THEN 'unknown' WHEN '5' THEN 'refunded' WHEN '6' THEN 'charged_back' WHEN '7' THEN 'cancelled'
           WHEN '8' THEN 'expired' ELSE 'failed' END,
       payments, paid_minor, refunded_minor, currency, updated_at, substr(best, 2), test
FROM (
    SELECT account.name AS account, payment.reference AS reference,
           min(CASE payment.state
               WHEN 'succeeded' THEN '0' WHEN 'partially_refunded' THEN '1' WHEN 'authorized' THEN '2' WHEN 'pending' THEN '3'
               WHEN 'unknown' THEN '4' WHEN 'refunded' THEN '5' WHEN 'charged_back' THEN '6' WHEN 'cancelled' THEN '7'
               WHEN 'expired' THEN '8' ELSE '9' END || payment.payment_id) AS best,
           count(*) AS payments,
           sum(CASE WHEN payment.state IN ('failed', 'cancelled', 'expired') THEN 0 ELSE payment.captured_minor END) AS paid_minor,
           sum(coalesce(payment.refunded_minor, 0)) AS refunded_minor, max(payment.currency) AS currency,
           strftime('%Y-%m-%dT%H:%M:%fZ', max(payment.updated_at) / 1000.0, 'unixepoch') AS updated_at,
           max(payment.test) AS test
    FROM payment
    JOIN account ON account.id = payment.account
    WHERE payment.reference IS NOT NULL AND payment.merged_into IS NULL
    GROUP BY payment.reference, payment.account
);

CREATE VIEW currencies AS
SELECT code, exponent, CAST('1' || substr('0000', 1, exponent) AS INTEGER) AS minor_units FROM currency;

INSERT INTO schema_doc (object, "column", description) VALUES
('orders', 'payment_id', 'The payment that speaks for the order: the best of them.'),
('orders', 'test', '1 if one of its payments is marked as a test, 0 if all that say so are real, NULL if none says.'),
('currencies', '', 'The currencies that have a known exponent: for writing sums of minor units as decimal text.'),
('currencies', 'code', 'ISO 4217 letters.'),
('currencies', 'exponent', 'How many digits stand after the decimal point: 2 for EUR, 0 for JPY, 3 for KWD.'),
('currencies', 'minor_units', 'How many minor units make one: 100 for EUR, 1 for JPY, 1000 for KWD.');
UPDATE schema_doc SET description = 'What was captured or paid in all, gross, before refunds and chargebacks, in minor units; nothing of payments that failed, expired or were cancelled.'
WHERE object = 'orders' AND "column" = 'paid_minor';
UPDATE schema_doc SET description = 'The currency of its payments; the last by name if there are several, and then do not believe the sums.'
WHERE object = 'orders' AND "column" = 'currency';
UPDATE schema_doc SET description = 'What was taken from the buyer before refunds and chargebacks, in minor units, also where the payment was corrected or voided later: see the state.'
WHERE object = 'payments' AND "column" = 'captured_minor';
