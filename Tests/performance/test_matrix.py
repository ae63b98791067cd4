#!/usr/bin/env python3
"""The arithmetic of the figures, the plot, and the copying of rows into a big file."""

import sqlite3
import unittest
import xml.dom.minidom

import files
import load
import plot
from figures import Row, Usage, figures, mean, rows, table

SENT = {"acknowledged": 2_000, "seconds": 0.5, "refused": 0, "unanswered": 0, "p50": 1_500, "p99": 9_000, "p999": 12_340}


def run(**changed):
    return {**figures(SENT, Usage(user=0.3, system=0.1, written=8_000_000), 64 << 20), **changed}


class Figures(unittest.TestCase):
    def test_are_for_each_acknowledged_callback(self):
        self.assertEqual(run(), {"rate": 4_000, "p50": 1.5, "p99": 9, "p999": 12.34, "user": 150, "system": 50, "written": 4_000, "peak": 64})

    def test_of_a_run_that_acknowledged_nothing_divide_by_no_zero(self):
        self.assertEqual(figures({**SENT, "acknowledged": 0}, Usage(), 0)["rate"], 0)

    def test_of_several_runs_are_their_mean(self):
        self.assertEqual(mean([run(rate=1_000), run(rate=3_000)])["rate"], 2_000)

    def test_what_was_used_before_is_not_counted(self):
        self.assertEqual(Usage(3, 2, 10) - Usage(1, 1, 4), Usage(2, 1, 6))

    def test_each_row_has_a_line_of_the_table_with_as_many_cells_as_the_head(self):
        text = table({row: [run()] for row in rows([0, 1_000_000], [1, 64], postgresql=True)}).splitlines()
        self.assertEqual(len(text), 2 + 4 + 2 + 4 + 6)
        self.assertEqual({line.count("|") for line in text}, {11})
        self.assertIn("| SQLite, ecommpay, 1 million | 64 | 4,000 | 1.50 |", "\n".join(text))

    def test_without_a_server_there_are_no_rows_of_postgresql(self):
        self.assertEqual({row.engine for row in rows([0], [1], postgresql=False)}, {"sqlite"})


class Plot(unittest.TestCase):
    def test_is_well_formed_and_has_a_line_for_each_series_in_each_panel(self):
        found = xml.dom.minidom.parseString(plot.svg({row: [run()] for row in rows([0, 1_000_000], [1, 8, 64], postgresql=True)}))
        self.assertEqual(len(found.getElementsByTagName("polyline")), 2 * 7)
        self.assertFalse(found.getElementsByTagName("script"))

    def test_has_colours_enough_for_all_series(self):
        self.assertGreaterEqual(len(plot.COLOURS), len({row.series for row in rows([0, 1_000_000, 10_000_000], [1], postgresql=True)}))

    def test_of_a_single_row_or_of_none_is_drawn(self):
        for gateway, lines in (("ecommpay", 2), ("tokenless", 0)):
            found = xml.dom.minidom.parseString(plot.svg({Row("sqlite", gateway, 0, 64): [run()]}))
            self.assertEqual(len(found.getElementsByTagName("polyline")), lines)

    def test_grid_lines_are_round_and_reach_the_highest_value(self):
        self.assertEqual([plot.step(highest) for highest in (6, 7, 4_000, 13_000)], [1, 2, 1_000, 5_000])


class Copies(unittest.TestCase):
    def test_have_ids_of_their_own_that_refer_to_each_other_and_random_digests(self):
        database = sqlite3.connect(":memory:", isolation_level=None)
        database.executescript("""
            CREATE TABLE account (id INTEGER PRIMARY KEY, name TEXT);
            CREATE TABLE payment (id INTEGER PRIMARY KEY, account INTEGER REFERENCES account, payment_id TEXT UNIQUE, card_token TEXT);
            CREATE TABLE operation (payment INTEGER REFERENCES payment, operation_id TEXT, PRIMARY KEY (payment, operation_id)) WITHOUT ROWID;
            CREATE TABLE callback (id INTEGER PRIMARY KEY, payment INTEGER REFERENCES payment, digest BLOB UNIQUE);
            CREATE INDEX callback_by_payment ON callback (payment);
            CREATE TABLE transition (seq INTEGER PRIMARY KEY, payment INTEGER REFERENCES payment, evidence INTEGER);
            INSERT INTO account VALUES (1, 'bench');
            INSERT INTO payment VALUES (1, 1, 'A', NULL), (2, 1, 'B', 't');
            INSERT INTO operation VALUES (1, '10'), (2, '11');
            INSERT INTO callback VALUES (1, 1, randomblob(32)), (2, 2, randomblob(32));
            INSERT INTO transition VALUES (1, 1, 1), (2, 1, 1), (3, 2, 2), (4, 2, 2);
            """)
        files.multiply(database, 5)
        counts = [database.execute(f"SELECT count(*) FROM {name}").fetchone()[0]
                  for name in ("account", "payment", "operation", "callback", "transition")]
        self.assertEqual(counts, [1, 6, 6, 6, 12])
        self.assertEqual(database.execute("PRAGMA foreign_key_check").fetchall(), [])
        self.assertEqual(database.execute("SELECT count(*) FROM transition t JOIN callback c ON c.id = t.evidence AND c.payment = t.payment"
                                          ).fetchone(), (12,))
        self.assertEqual(database.execute("SELECT count(*) FROM sqlite_schema WHERE name = 'callback_by_payment'").fetchone(), (1,))


class Bodies(unittest.TestCase):
    def test_of_two_series_have_no_line_in_common(self):
        for made in (load.ecommpay, load.tokenless, load.ecomcharge):
            self.assertFalse(set(made("one", range(20))) & set(made("other", range(20))))

    def test_contain_a_token_only_where_they_should(self):
        self.assertEqual(['"token"' in next(made("one", [1])) for made in (load.ecommpay, load.tokenless)], [True, False])


if __name__ == "__main__":
    unittest.main()
