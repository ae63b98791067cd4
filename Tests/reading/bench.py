"""The real daemon as a process of its own, with callbacks that are posted to it while it is stopped, killed and started again."""

import base64
import decimal
import hashlib
import hmac
import json
import os
import pathlib
import secrets
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
READING = ROOT / "systemd" / "reading"
SECRET = "made-up-secret"
# A PostgreSQL server on which databases may be made, without a database's name: postgresql://postgres@/?host=/run/postgresql
SERVER = os.environ.get("PAYSTATE_POSTGRESQL")


def binary():
    return pathlib.Path(os.environ.get("PAYSTATE", ROOT / ".build" / "debug" / "paystate")).resolve()


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def callback(number):
    """What ecommpay posts of the payment of this number: a success, or a decline."""
    return signed(f"ORDER-{number}", number, "sale", 5200, "decline" if number % 5 == 0 else "success")


def trade(number):
    """The callback of this number in a busier shop: sales in two currencies, a refund of each third one, payouts."""
    order, turn = divmod(number, 4)
    currency = "JPY" if order % 2 else "EUR"
    if turn == 3:
        return signed(f"PAYOUT-{order}", number, "payout", 700 + order, "success", currency, type="payout")
    if turn == 2 and order % 3 == 0:
        return signed(f"TRADE-{order}-1", number, "refund", 1000, "success", currency, "partially refunded")
    return signed(f"TRADE-{order}-{turn}", number, "sale", 5200 + order, "success", currency)


def signed(payment, operation, kind, amount, status, currency="EUR", stands=None, type="purchase"):
    lines = {
        "project_id": 240,
        "payment": {"id": payment, "type": type, "status": stands or status, "method": "card",
                    "sum": {"amount": amount if stands is None else 5200, "currency": currency}},
        "operation": {"id": operation, "type": kind, "status": status, "sum_initial": {"amount": amount, "currency": currency}},
    }
    text = ";".join(sorted(signed_lines(lines)))
    digest = hmac.new(SECRET.encode(), text.encode(), hashlib.sha512).digest()
    return json.dumps({**lines, "signature": base64.b64encode(digest).decode()}).encode()


def signed_lines(value, path=()):
    if isinstance(value, dict):
        return [line for key, inner in value.items() for line in signed_lines(inner, (*path, key))]
    return [":".join(path) + ":" + str(value)]


class Daemon:
    """`owner` is what `subprocess` takes to start it as somebody: user, group, extra_groups. `database` is the URL of one that is
    there, else it is a SQLite file of its own."""

    def __init__(self, folder, database=None, **owner):
        self.folder = pathlib.Path(folder)
        self.database = database or self.folder / "paystate.db"
        self.port, self.admin = free_port(), free_port()
        self.owner = owner
        self.process = None
        self.log = open(self.folder.parent / f"{self.folder.name}.log", "ab")
        self.configuration = self.folder.parent / f"{self.folder.name}.yaml"
        self.configuration.write_text(f"""
database: {json.dumps(str(self.database))}
listen: 127.0.0.1:{self.port}
admin: [127.0.0.1:{self.admin}]
accounts:
  eu-shop: {{gateway: ecommpay, project_id: 240, secrets: [{{value: {SECRET}}}], api_url: "http://127.0.0.1:9"}}
""")

    def start(self):
        command = [binary(), "serve", "--config", self.configuration]
        self.process = subprocess.Popen(command, stderr=self.log, stdout=self.log, umask=0o027, cwd="/", **self.owner)
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.admin}/readyz", timeout=2).close()
                return
            except OSError:
                time.sleep(0.02)
        raise AssertionError("the daemon does not start: " + pathlib.Path(self.log.name).read_text())

    def stop(self, how=signal.SIGTERM):
        """Its exit code; None if it was not running."""
        if self.process is None:
            return None
        self.process.send_signal(how)
        code = self.process.wait(20)
        self.process = None
        return code

    def post(self, number, write=callback):
        """Whether it was acknowledged."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/callbacks/eu-shop", write(number))
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                return answer.status == 200
        except OSError:
            return False


class Gateway(threading.Thread):
    """Posts callbacks one after the other, each until it is acknowledged, as gateways do."""

    def __init__(self, daemon, count, pause=0.0, write=callback):
        super().__init__()
        self.to, self.count, self.pause, self.write = daemon, count, pause, write
        self.gives_up = threading.Event()

    def run(self):
        for number in range(1, self.count + 1):
            while not self.gives_up.is_set() and not self.to.post(number, self.write):
                time.sleep(0.02)
            if self.gives_up.wait(self.pause):
                return


class Case:
    """A folder of its own, and processes that do not outlive the test; to be mixed into a TestCase."""

    def setUp(self):
        if not binary().exists():
            self.fail(f"{binary()} is missing: build it first")
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="reading-"))
        self.folder.chmod(0o755)
        self.addCleanup(shutil.rmtree, self.folder)

    def postgresql(self):
        """The URL of a new, empty database on the server."""
        name = "reading_" + secrets.token_hex(6)
        administer(f"CREATE DATABASE {name}")
        self.addCleanup(administer, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        return url(name)

    def daemon(self, database=None, **owner):
        home = self.folder / "ledger"
        home.mkdir(mode=0o750)
        if owner:
            os.chown(home, owner["user"], owner["group"])
        daemon = Daemon(home, database, **owner)
        self.addCleanup(daemon.log.close)
        self.addCleanup(daemon.stop, signal.SIGKILL)
        return daemon

    def gateway(self, daemon, count, pause=0.0, write=callback):
        gateway = Gateway(daemon, count, pause, write)
        self.addCleanup(gateway.join)
        self.addCleanup(gateway.gives_up.set)
        gateway.start()
        return gateway


def url(name):
    return urllib.parse.urlsplit(SERVER)._replace(path="/" + name).geturl()


def administer(*statements):
    """Runs statements on the server, each in a transaction of its own."""
    import psycopg
    with psycopg.connect(url("postgres"), autocommit=True) as server:
        for statement in statements:
            server.execute(statement)


def ask(database, sql, *arguments):
    if str(database).startswith("postgresql://"):
        import psycopg
        with psycopg.connect(database, autocommit=True, options="-c search_path=paystate") as connection:
            rows = connection.execute(sql.replace("?", "%s"), arguments).fetchall()
            # The sum of whole numbers is a numeric.
            return [tuple(int(value) if isinstance(value, decimal.Decimal) else value for value in row) for row in rows]
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=5)
    try:
        return connection.execute(sql, arguments).fetchall()
    finally:
        connection.close()


def eventually(condition, seconds=20):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
