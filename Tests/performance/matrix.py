#!/usr/bin/env python3
"""What receiving costs as work grows: connections, callbacks in the file, gateways, engines.

    matrix.py --binary PATH [--benchmarks PATH] [--seconds N] [--passes N] [--files FOLDER] [--held N…] [--only REGEX]
              [--results FILE] [--write]

Each row has a daemon of its own, on a new database or on a file of many callbacks, and wrk beside it on the same machine, which sends
signed callbacks, each about a payment of its own. Passes go through the rows forwards and backwards in turn. A run fails if a callback
was refused, or if fewer are in the database than were acknowledged. Files of many callbacks are made in FOLDER, and used again where
they are there; each run adds what it has sent. PostgreSQL is measured where PAYSTATE_POSTGRESQL names a server. Needs wrk, and for
eComCharge's signatures Python's cryptography.
"""

import argparse
import collections
import contextlib
import json
import os
import pathlib
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "postgresql"))

import files
import load
import plot
from daemon import Receiver
from figures import Row, Usage, beside, figures, millions, rows, table

ROOT = pathlib.Path(__file__).resolve().parents[2]
DOCUMENT, IMAGE = ROOT / "docs/performance.md", ROOT / "docs/images/performance.svg"
FASTEST = 16_000  # callbacks a second, more than any daemon acknowledges; of one connection, a seventh
SEED, SEED_SECONDS = 50_000, 12  # callbacks of the small file that big ones are copied from, at most, and how long they are sent
TICKS = os.sysconf("SC_CLK_TCK")


def accounts(key):
    ecomcharge = {"gateway": "ecomcharge", "shop_id": load.SHOP, "secret": {"value": load.SHOP_KEY}, "api_url": "http://127.0.0.1:9",
                  "checkout_url": "http://127.0.0.1:9"}
    return {"bench": {"gateway": "ecommpay", "project_id": load.PROJECT, "secrets": [{"value": load.SECRET}], "api_url": "http://127.0.0.1:9"},
            "basic": ecomcharge, "rsa": {**ecomcharge, "public_key": {"value": load.public_key(key)}}}


def usage(pids):
    total = Usage()
    for pid in pids:
        with contextlib.suppress(OSError):
            stat = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            written = re.search(r"^write_bytes: (\d+)", pathlib.Path(f"/proc/{pid}/io").read_text(), re.M)
            total.user += int(stat[11]) / TICKS
            total.system += int(stat[12]) / TICKS
            total.written += int(written[1])
    return total


def settle(pid, patience=60):
    """Waits until a daemon has read what it reads at its start: on a big file that takes a while, beside receiving."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        before = usage([pid])
        time.sleep(0.3)
        spent = usage([pid]) - before
        if spent.user + spent.system < 0.03:
            return


def peak(pid):
    return int(re.search(r"VmHWM:\s+(\d+) kB", pathlib.Path(f"/proc/{pid}/status").read_text())[1]) * 1024


class SQLite:
    def __init__(self, path):
        self.name = str(path)

    def stored(self):
        with contextlib.closing(sqlite3.connect(f"file:{self.name}?mode=ro", uri=True)) as database:
            return database.execute("SELECT coalesce(max(id), 0) FROM callback").fetchone()[0]

    def pids(self):
        return []

    def drop(self):
        pass


class PostgreSQL:
    def __init__(self, server):
        self.server, self.database = server, f"bench_{uuid.uuid4().hex[:12]}"
        self.name = server.replace("/?", f"/{self.database}?")
        self.postmaster = int(self._ask("postgres", "SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)"))
        self._ask("postgres", f"CREATE DATABASE {self.database}")

    def _ask(self, database, sql):
        url = self.server.replace("/?", f"/{database}?")
        return subprocess.run(["psql", "-XAtc", sql, url], check=True, capture_output=True, text=True, timeout=60).stdout.strip()

    def stored(self):
        return int(self._ask(self.database, "SELECT coalesce(max(id), 0) FROM paystate.callback"))

    def pids(self):
        """The server's processes: what they use is used for the receiver."""
        children = pathlib.Path(f"/proc/{self.postmaster}/task/{self.postmaster}/children").read_text().split()
        return [self.postmaster, *map(int, children)]

    def drop(self):
        self._ask("postgres", f"DROP DATABASE {self.database} WITH (FORCE)")


class Matrix:
    def __init__(self, options, root):
        self.options, self.root, self.key = options, pathlib.Path(root), load.new_key()
        self.accounts, self.bodies, self.number = accounts(self.key), {}, 0

    def receiver(self, database):
        self.number += 1
        return Receiver(self.options.binary, self.root, f"run-{self.number}", database.name, self.accounts, {"first_after": "1d"})

    def prepared(self, row):
        """A file of bodies. New databases can be sent the same ones again; of signatures that take long there are fewer."""
        count = int((self.options.seconds + load.WARM_UP) * FASTEST * min(1, row.connections / 7))
        if row.gateway == "rsa":
            count = count * 5 // 7
        kind = (row.gateway, row.held)
        if row.held or count > self.bodies.get(kind, (None, 0))[1]:
            path, series, numbers = self.root / f"{row.gateway}-{row.held}", uuid.uuid4().hex, range(count)
            load.write(path, load.ecomcharge_rsa(series, numbers, self.key) if row.gateway == "rsa"
                       else getattr(load, {"basic": "ecomcharge"}.get(row.gateway, row.gateway))(series, numbers))
            self.bodies[kind] = (path, count)
        return self.bodies[kind][0], count

    def database(self, row):
        if row.engine == "postgresql":
            return PostgreSQL(os.environ["PAYSTATE_POSTGRESQL"])
        return SQLite(self.file(row.held) if row.held else self.root / f"{uuid.uuid4().hex}.db")

    def file(self, callbacks):
        made = files.path(self.options.files, callbacks)
        if not made.exists():
            self.make(callbacks)
        files.warm(made)
        return made

    def make(self, callbacks):
        print(f"making a file of {callbacks:,} callbacks", file=sys.stderr, flush=True)
        seed = self.root / "seed.db"
        if not seed.exists():
            bodies, daemon = self.root / "seed", self.receiver(SQLite(seed))
            load.write(bodies, load.ecommpay("seed", range(SEED)))
            daemon.start()
            load.send(bodies, 0, SEED, f"http://127.0.0.1:{daemon.port}/callbacks/bench", 64, SEED_SECONDS, basic=False)
            if daemon.stop():
                raise RuntimeError(f"the daemon has not ended well: {daemon.tail()}")
        files.make(seed, self.options.files, callbacks)

    def run(self, row):
        bodies, count = self.prepared(row)
        database = self.database(row)
        daemon = self.receiver(database)
        url = f"http://127.0.0.1:{daemon.port}/callbacks/{row.gateway if row.gateway in self.accounts else 'bench'}"
        first = count * load.WARM_UP // (self.options.seconds + load.WARM_UP)
        try:
            daemon.start()
            settle(daemon.process.pid)
            load.send(bodies, 0, first, url, row.connections, load.WARM_UP, row.gateway == "basic")
            stored, pids = database.stored(), [daemon.process.pid, *database.pids()]
            before = usage(pids)
            sent = load.send(bodies, first, count, url, row.connections, self.options.seconds, row.gateway == "basic")
            used, memory = usage(pids) - before, peak(daemon.process.pid)
            stored = database.stored() - stored
            if sent["refused"] or sent["unanswered"] or not sent["acknowledged"]:
                raise RuntimeError(f"{row}: not everything was acknowledged: {sent}; {daemon.tail()}")
            if sent["acknowledged"] >= count - first - row.connections:
                raise RuntimeError(f"{row}: the callbacks were used up before the time was")
            if stored < sent["acknowledged"]:
                raise RuntimeError(f"{row}: {sent['acknowledged']} were acknowledged, but {stored} are in the database")
        finally:
            daemon.stop()
            database.drop()
            if row.engine == "sqlite" and not row.held:
                for file in self.root.glob(pathlib.Path(database.name).name + "*"):
                    file.unlink()
        return figures(sent, used, memory)


def alone(options, root):
    """The ledger without HTTP, and the disk."""
    command = [options.benchmarks, "callbacks", "--json", "--rounds", "1", "--seconds", str(options.seconds),
               "--daemon", os.path.abspath(options.binary), "--folder", root]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True, timeout=300).stdout)


def replaced(document, figures):
    """The document with what stands between its two marks replaced."""
    start, end = "<!-- figures -->\n", "<!-- end of figures -->"
    before, _, rest = document.partition(start)
    return before + start + "\n" + figures + "\n\n" + end + rest.partition(end)[2]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--binary", required=True, help="the program, a release build")
    parser.add_argument("--benchmarks", help="the program Benchmarks, for the ledger alone and the disk")
    parser.add_argument("--seconds", type=int, default=3, help="how long each row is measured in each pass")
    parser.add_argument("--passes", type=int, default=2)
    parser.add_argument("--files", default=None, help="where files of many callbacks are, or are made (default: removed afterwards)")
    parser.add_argument("--held", type=int, nargs="+", default=[0, 1_000_000], help="callbacks in the file")
    parser.add_argument("--connections", type=int, nargs="+", default=[1, 8, 64, 512])
    parser.add_argument("--only", default="", help="rows whose name matches")
    parser.add_argument("--results", help="a JSON file: what it holds of earlier runs is shown too, and this run is added")
    parser.add_argument("--write", action="store_true", help="write the table into docs/performance.md and the plot beside it")
    return parser.parse_args()


def main():
    options = arguments()
    postgresql = "PAYSTATE_POSTGRESQL" in os.environ
    wanted = [row for row in rows(options.held, options.connections, postgresql) if re.search(options.only, str(row))]
    if not wanted:
        sys.exit(f"no row matches {options.only}")
    results, told = collections.defaultdict(list), None
    if options.results and os.path.exists(options.results):
        kept = json.loads(pathlib.Path(options.results).read_text())
        told = kept["alone"]
        results.update({Row(*key): runs for key, runs in kept["rows"]})
    with tempfile.TemporaryDirectory(prefix="paystate-matrix.") as root:
        options.files = options.files or root
        matrix = Matrix(options, root)
        if options.benchmarks:
            told = alone(options, root)
        for turn in range(options.passes):
            for row in wanted[::-1] if turn % 2 else wanted:
                began = time.monotonic()
                results[row].append(matrix.run(row))
                print(f"{row}: {results[row][-1]['rate']:,.0f}/s ({time.monotonic() - began:.0f} s)", file=sys.stderr, flush=True)
    order = rows(sorted({row.held for row in results}), sorted({row.connections for row in results}), True)
    results = dict(sorted(results.items(), key=lambda item: order.index(item[0])))
    if options.results:
        pathlib.Path(options.results).write_text(json.dumps({"alone": told, "rows": [
            [[row.engine, row.gateway, row.held, row.connections], runs] for row, runs in results.items()]}))
    runs = min(len(found) for found in results.values())
    said = f"Each row is the mean of {runs} run{'s' * (runs > 1)} of {options.seconds} s.\n\n" + table(results) + (f"\n\n{beside(told)}" if told else "")
    if not any(row.engine == "postgresql" for row in results):
        said += "\n\nNot measured: PostgreSQL" + ("." if postgresql else ", for there was no server.")
    absent = sorted({0, 1_000_000, 10_000_000} - {row.held for row in results})
    if absent:
        said += f"\n\nNot measured: files of {' and '.join(millions(held) for held in absent)} callbacks."
    print(said)
    if options.write:
        IMAGE.write_text(plot.svg(results))
        DOCUMENT.write_text(replaced(DOCUMENT.read_text(), said))


if __name__ == "__main__":
    main()
