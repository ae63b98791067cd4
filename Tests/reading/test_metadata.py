#!/usr/bin/env python3
"""Tests of systemd/reading/metadata.yaml, which Datasette reads, and of the script that makes it. Needs no build."""

import sys
import unittest

sys.dont_write_bytecode = True  # A cache would lie beside the scripts.
import make_metadata  # noqa: E402

COMMITTED = make_metadata.ROOT / "systemd" / "reading" / "metadata.yaml"


class MetadataTest(unittest.TestCase):
    def test_the_committed_file_is_what_a_fresh_database_says(self):
        try:
            made = make_metadata.metadata(make_metadata.fresh_database())
        except make_metadata.Undescribed as missing:
            raise self.failureException(str(missing)) from None
        # A message of its own, because a diff of the two would be longer than a screen.
        if COMMITTED.read_text(encoding="utf-8") != made:
            self.fail("systemd/reading/metadata.yaml is not what the views and queries say: run `make metadata`, or without a "
                      "build Tests/reading/make_metadata.py >systemd/reading/metadata.yaml")

    def test_a_column_without_a_description_is_named(self):
        database = make_metadata.fresh_database()
        database.execute("CREATE VIEW a_view AS SELECT 1 AS one, 2 AS two")
        database.execute("INSERT INTO schema_doc (object, \"column\", description) VALUES ('a_view', '', 'a'), ('a_view', 'one', 'b')")
        with self.assertRaisesRegex(make_metadata.Undescribed, r"column a_view\.two has no description: add \('a_view', 'two'"):
            make_metadata.metadata(database)


if __name__ == "__main__":
    unittest.main()
