"""A shop with a payment plugin: PHP's own server, and a handler that proves each callback by itself."""

import base64
import contextlib
import http.client
import json
import os
import pathlib
import signal
import socket
import subprocess
import time

from daemon import free_port

HANDLER = pathlib.Path(__file__).with_name("handler.php")
WORKERS = 4


class Plugin:
    """What it accepted survives its end, as a shop's database would."""

    def __init__(self, folder, settings):
        self.folder, self.settings, self.port, self.process = pathlib.Path(folder), settings, free_port(), None
        (self.folder / "broken").mkdir(parents=True)
        (self.folder / "settings.json").write_text(json.dumps(settings))

    def url(self, account):
        return f"http://127.0.0.1:{self.port}/?wc-api={account}&key={self.settings['key']}"

    def start(self, patience=10):
        environment = {**os.environ, "PHP_CLI_SERVER_WORKERS": str(WORKERS), "PLUGIN_FOLDER": str(self.folder)}
        with open(self.folder / "log", "ab") as log:
            # A group of its own, so that its workers end with it.
            self.process = subprocess.Popen(["php", "-n", "-S", f"127.0.0.1:{self.port}", str(HANDLER)], stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=log, env=environment, start_new_session=True)
        end = time.monotonic() + patience
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return
            if time.monotonic() > end or self.process.poll() is not None:
                raise AssertionError("PHP's server does not start: " + (self.folder / "log").read_text()[-2000:])
            time.sleep(0.05)

    def kill(self):
        """SIGKILL, with what its workers are at."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def breaks(self, payment):
        """From now on it answers 500 for this payment."""
        (self.folder / "broken" / payment).touch()

    def mends(self, payment):
        (self.folder / "broken" / payment).unlink()

    def lines(self, name):
        """What it noted in `accepted`, `refused` or `failed`, in order."""
        path = self.folder / name
        text = path.read_text() if path.exists() else ""
        # A kill may cut the last line short.
        return [json.loads(line) for line in text.split("\n")[:-1] if line.startswith("{") and line.endswith("}")]

    def accepted(self):
        """The bodies that it accepted, by payment, in order."""
        bodies = {}
        for line in self.lines("accepted"):
            bodies.setdefault(line["payment"], []).append(base64.b64decode(line["body"]))
        return bodies

    def post(self, account, body, headers):
        """Its answer to a request that is not Paystate's."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("POST", self.url(account).partition(str(self.port))[2], body, headers)
            return connection.getresponse().status
        finally:
            connection.close()
