"""The examples of docs/examples as programs, and the real daemon beside them."""

import atexit
import base64
import contextlib
import hashlib
import hmac
import http.client
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Tests" / "postgresql"))
from callbacks import SECRET, message, operation, signed  # noqa: E402
from daemon import Receiver, free_port  # noqa: E402

EXAMPLES = ROOT / "docs" / "examples"
BINARY = os.environ.get("PAYSTATE", str(ROOT / ".build" / "debug" / "paystate"))
PROJECT = 240
# What each language is run by, and what its examples are called. PHP without the machine's php.ini would be without its modules.
INTERPRETERS = {"python": sys.executable, "php": shutil.which("php"), "node": shutil.which("node")}
API = {"python": "paystate.py", "php": "paystate.php", "node": "paystate.mjs"}
FILE = {"python": "is_paid_from_file.py", "php": "is-paid-from-file.php"}
RECEIVERS = {"python": "receive_events.py", "php": "receive-events.php", "node": "receive-events.mjs"}


def run(language, script, *arguments, **environment):
    """Runs an example to its end: exit code, output, errors."""
    command = [INTERPRETERS[language], str(EXAMPLES / language / script), *map(str, arguments)]
    end = subprocess.run(command, capture_output=True, text=True, timeout=30, env={**os.environ, **environment})
    return end.returncode, end.stdout, end.stderr


def eventually(condition, seconds=20):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


class Case:
    """A folder of its own, and processes that do not outlive the test; to be mixed into a TestCase."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="examples-"))
        self.at_end(shutil.rmtree, self.folder, True)

    def at_end(self, function, *arguments):
        """After the test, and also where the whole run is ended before."""
        self.addCleanup(function, *arguments)
        atexit.register(function, *arguments)

    def daemon(self, **settings):
        """The real daemon, with an admin socket as the package has one."""
        accounts = {"eu-shop": {"gateway": "ecommpay", "project_id": PROJECT, "secrets": [{"value": SECRET}],
                                "api_url": "http://127.0.0.1:9"}}
        daemon = Receiver(BINARY, str(self.folder), "daemon", str(self.folder / "paystate.db"), accounts,
                          {"first_after": "1h", "schedule": ["1h"]}, **settings)
        self.socket = str(self.folder / "admin.sock")
        daemon.configuration["admin"].append(self.socket)
        self.at_end(daemon.kill)
        daemon.start()
        return daemon


def pay(daemon, payment, amount):
    """Posts the callback by which the gateway says that a payment was paid."""
    at = 1_700_000_000
    body = signed(message(PROJECT, payment, "success", amount, at, operation=operation(1, "sale", "success", amount, at)))
    connection = http.client.HTTPConnection("127.0.0.1", daemon.port, timeout=10)
    with contextlib.closing(connection):
        connection.request("POST", "/callbacks/eu-shop", body, {"Content-Type": "application/json"})
        return connection.getresponse().status


class EventReceiver:
    """An example that receives events, as a process; what it wrote is kept over its lives."""

    def __init__(self, language, folder, secret):
        self.language, self.port, self.secret, self.process = language, free_port(), secret, None
        self.place, self.log = folder / "events", folder / "log"

    def start(self):
        script = str(EXAMPLES / self.language / RECEIVERS[self.language])
        command = [script, str(self.port), str(self.place)]
        if self.language == "php":
            command = ["-S", f"127.0.0.1:{self.port}", script]
        environment = {**os.environ, "PAYSTATE_NOTIFY_SECRET": self.secret, "EVENTS": str(self.place)}
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen([INTERPRETERS[self.language], *command], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            env=environment)
        if not eventually(lambda: self.process.poll() is not None or self.is_listening()) or self.process.poll() is not None:
            raise AssertionError(f"it does not start: {self.text()}")

    def is_listening(self):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
            return True
        return False

    def kill(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def text(self):
        return self.log.read_text(errors="replace")

    def deeds(self):
        """The lines that `deal_with` wrote, without what PHP's server puts before them."""
        return [line[line.index(" payment.") - 1:] for line in self.text().splitlines() if " payment." in line]

    def post(self, body, headers, method="POST"):
        """The status that it answers with."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        with contextlib.closing(connection):
            connection.request(method, "/", body, {"Content-Type": "application/json", **headers})
            return connection.getresponse().status


def event(seq=7, reference="ORDER-17"):
    """An event's bytes."""
    return json.dumps({"type": "payment.succeeded", "seq": seq, "account": "eu-shop", "payment_id": reference, "reference": reference,
                       "from_state": "pending", "to_state": "succeeded", "paid": True, "amount_minor": 5200, "captured_minor": 5200,
                       "refunded_minor": 0, "balance_minor": 5200, "moved_minor": 5200, "currency": "EUR", "test": False,
                       "source": "callback", "evidence_id": "callback:1", "recorded_at": "2026-11-22T10:00:01.250Z"}).encode()


def signature(secret, id, timestamp, body):
    key = base64.b64decode(secret.removeprefix("whsec_"))
    return "v1," + base64.b64encode(hmac.new(key, f"{id}.{timestamp}.".encode() + body, hashlib.sha256).digest()).decode()


def headers(secret, id, body, age=0):
    """The headers of an event, signed so many seconds ago."""
    timestamp = str(int(time.time()) - age)
    return {"webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signature(secret, id, timestamp, body)}
