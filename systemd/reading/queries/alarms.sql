-- What should a person look at?
-- An alarm is open until evidence settles it, or a person closes it: `paystate acknowledge ID --note TEXT`. Reads every anomaly:
-- they are few.
SELECT id, opened_at, kind, account, coalesce(payment_id, checkout_token, subscription_id) AS subject, detail, evidence_id
FROM anomalies WHERE severity = 'alarm' AND closed_at IS NULL ORDER BY opened_at LIMIT 500;
