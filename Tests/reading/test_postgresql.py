"""What docs/postgresql.md shows works on a server, and the queries say there what they say of a file."""

import decimal
import re
import secrets
import shutil
import sqlite3
import subprocess
import unittest

import bench

try:
    import psycopg
except ImportError:
    psycopg = None

DOCUMENT = bench.ROOT / "docs" / "postgresql.md"
READER = "paystate_reader"


def blocks(chapter):
    """The statements of a chapter that are for psql; \\password asks a person."""
    text = DOCUMENT.read_text(encoding="utf-8").partition(f"\n## {chapter}\n")[2].partition("\n## ")[0]
    return [block for block in re.findall(r"^```psql\n(.*?)^```$", text, re.M | re.S) if not block.startswith("\\password")]


def psql(database, *arguments, text=None):
    """Runs psql with a file or with a text, without anybody's ~/.psqlrc; stops at the first error."""
    return subprocess.run(["psql", "-X", "-q", "-At", "-v", "ON_ERROR_STOP=1", *arguments, database], input=text, text=True,
                          capture_output=True, timeout=60)


def query(name):
    """Its text for PostgreSQL."""
    own = bench.READING / "postgresql" / name
    return own if own.exists() else bench.READING / "queries" / name


def as_role(database, role):
    parts = bench.urllib.parse.urlsplit(database)
    return parts._replace(netloc=role + "@" + parts.netloc.rpartition("@")[2]).geturl()


@unittest.skipUnless(bench.SERVER, "PAYSTATE_POSTGRESQL names no server: what docs/postgresql.md shows is not tested")
@unittest.skipUnless(psycopg and shutil.which("psql"), "psycopg or psql is missing: what docs/postgresql.md shows is not tested")
class PostgreSQLTest(bench.Case, unittest.TestCase):
    def role(self):
        """The name of a role that is dropped with what was granted to it."""
        name = "reading_" + secrets.token_hex(6)
        self.addCleanup(bench.administer, f"DROP ROLE IF EXISTS {name}")
        return name

    def shop(self, database):
        """A daemon's ledger of some sales, refunds and payouts; the daemon is stopped."""
        daemon = self.daemon(database)
        daemon.start()
        self.gateway(daemon, 60, write=bench.trade).join(30)
        self.assertEqual(daemon.stop(), 0)
        return daemon

    def reader(self):
        """The role of all readers is the server's, not a database's: whoever comes first makes it."""
        try:
            bench.administer(f"CREATE ROLE {READER}")
        except (psycopg.errors.DuplicateObject, psycopg.errors.UniqueViolation):
            pass

    def run_all(self, statements, database):
        for text in statements:
            end = psql(database, text=text)
            self.assertEqual(end.returncode, 0, f"{text}\n{end.stderr}")

    def test_a_database_that_is_set_up_so_is_all_that_a_daemon_needs(self):
        name, owner = "reading_" + secrets.token_hex(6), self.role()
        self.reader()
        self.addCleanup(bench.administer, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        statements, = blocks("Set it up")
        self.assertIn(f"CREATE ROLE {READER};", statements)
        statements = statements.replace(f"CREATE ROLE {READER};", "")
        statements = re.sub(r"\b(ROLE|OWNER) paystate\b", rf"\1 {owner}", statements).replace("DATABASE paystate", f"DATABASE {name}")
        self.run_all([statements], bench.url("postgres"))
        database = as_role(bench.url(name), owner)
        self.shop(database)
        self.assertGreater(bench.ask(database, "SELECT count(*) FROM payments")[0][0], 10)

    def test_who_reads_so_sees_the_views_and_nothing_else(self):
        self.reader()
        database = self.postgresql()
        self.shop(database)
        name = bench.urllib.parse.urlsplit(database).path[1:]
        shop, bookkeeper = self.role(), self.role()
        granted, fewer, *queries = blocks("Read it")
        self.assertEqual(len(queries), 2)
        self.run_all([granted.replace("ROLE shop", f"ROLE {shop}"),
                      fewer.replace("bookkeeper", bookkeeper).replace("DATABASE paystate", f"DATABASE {name}")], database)
        self.addCleanup(psql, database, text=f"DROP OWNED BY {bookkeeper}")
        self.run_all(queries, as_role(database, shop))
        for role, text in [(shop, "SELECT * FROM paystate.payment"), (shop, "SELECT * FROM paystate.ledger"),
                           (bookkeeper, "SELECT * FROM paystate.callbacks")]:
            self.assertIn("permission denied", psql(as_role(database, role), text=text).stderr, text)
        self.assertEqual(psql(as_role(database, bookkeeper), text="SELECT count(*) > 0 FROM paystate.entries").stdout, "t\n")

    def test_the_queries_say_what_they_say_of_a_backup(self):
        database = self.postgresql()
        self.shop(database)
        copy = self.folder / "copy.db"
        subprocess.run([bench.binary(), "backup", "--database", database, copy], check=True, capture_output=True)
        values = {"reference": "TRADE-3-1", "payment_id": "TRADE-3-1", "seq": 0, "from": None}
        names = sorted(path.name for path in (bench.READING / "queries").glob("*.sql"))
        self.assertEqual([path.name for path in (bench.READING / "postgresql").glob("*.sql") if path.name not in names], [])
        file = sqlite3.connect(f"file:{copy}?mode=ro", uri=True)
        self.addCleanup(file.close)
        # The types of values, which psql's variables bring along and parameters do not.
        casts = {"seq": "bigint", "from": "text", "reference": "text", "payment_id": "text"}
        found = 0
        with psycopg.connect(database, autocommit=True, options="-c search_path=paystate") as server:
            for name in names:
                text = re.sub(r":(seq|from|reference|payment_id)\b", lambda match: f"CAST(%({match[1]})s AS {casts[match[1]]})",
                              query(name).read_text(encoding="utf-8").replace("%", "%%"))
                rows = [tuple(int(value) if isinstance(value, decimal.Decimal) else value for value in row)
                        for row in server.execute(text, values).fetchall()]
                expected = file.execute((bench.READING / "queries" / name).read_text(encoding="utf-8"), values).fetchall()
                self.assertEqual(rows, expected, name)
                found += len(rows)
                end = psql(database, "-v", "reference='TRADE-3-1'", "-v", "payment_id='TRADE-3-1'", "-v", "seq=0", "-v", "from=NULL",
                           "-c", "SET search_path = paystate", "-f", query(name))
                self.assertEqual(end.returncode, 0, f"{name}\n{end.stderr}")
        self.assertGreater(found, 100)


if __name__ == "__main__":
    unittest.main()
