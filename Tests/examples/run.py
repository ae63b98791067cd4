#!/usr/bin/env python3
"""Runs the examples of docs/examples, and what is to be pasted from systemd/reading.

    PAYSTATE=BINARY run.py [-v] [test_events.EventsTest.test_…]

Without PAYSTATE the debug build is used. Needs python3, php-cli with php-curl and php-sqlite3, and nodejs.
"""

import pathlib
import shutil
import signal
import sys
import unittest

sys.dont_write_bytecode = True  # A cache would lie beside the examples.
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

if __name__ == "__main__":
    missing = [program for program in ("php", "node") if not shutil.which(program)]
    if missing:
        sys.exit(f"missing: {', '.join(missing)} (apt install php-cli php-curl php-sqlite3 nodejs)")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    names = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
    loader = unittest.defaultTestLoader
    suite = loader.loadTestsFromNames(names) if names else loader.discover(str(pathlib.Path(__file__).parent))
    result = unittest.TextTestRunner(verbosity=2 if "-v" in sys.argv else 1).run(suite)
    sys.exit(not result.wasSuccessful())
