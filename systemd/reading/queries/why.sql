-- Why is this payment in this state?
-- All that was heard, asked and decided, in order; evidence_id names the row of callbacks, polls or instructions that proves it.
SELECT account, at, what, summary, evidence_id FROM timeline WHERE payment_id = :payment_id;
