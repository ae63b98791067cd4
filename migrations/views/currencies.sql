CREATE VIEW currencies AS
SELECT code, exponent, CASE exponent WHEN 0 THEN 1 WHEN 1 THEN 10 WHEN 2 THEN 100 WHEN 3 THEN 1000 ELSE 10000 END AS minor_units
FROM currency;

INSERT INTO schema_doc (object, "column", description) VALUES
('currencies', '', 'The currencies that have a known exponent: for writing sums of minor units as decimal text.'),
('currencies', 'code', 'ISO 4217 letters.'),
('currencies', 'exponent', 'How many digits stand after the decimal point: 2 for EUR, 0 for JPY, 3 for KWD.'),
('currencies', 'minor_units', 'How many minor units make one: 100 for EUR, 1 for JPY, 1000 for KWD.');
