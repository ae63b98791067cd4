-- Is this order paid?
-- `paid` is 1 for real money that is still there, while no alarm is open, such as another amount than was expected.
SELECT account, orders.state,
       orders.state IN ('succeeded', 'partially_refunded') AND orders.test IS NOT 1 AND open_anomalies = 0 AS paid,
       paid_minor, orders.refunded_minor, orders.currency, orders.payments, orders.test, open_anomalies, payment_id
FROM orders JOIN payments USING (account, payment_id)
WHERE orders.reference = :reference;
