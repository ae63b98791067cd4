"""The real daemon with two shops' payments in it, a gateway that it polls, and a handler that it passes callbacks on to."""

import atexit
import json
import os
import pathlib
import shutil
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path += [str(ROOT / "Tests" / "delivery"), str(ROOT / "Tests" / "postgresql")]

from shops import Sender, accounts  # noqa: E402
from daemon import Receiver  # noqa: E402
from gateway import Gateway  # noqa: E402
from torture import HandlerProcess  # noqa: E402
from traffic import Traffic  # noqa: E402


def binary():
    """PAYSTATE, else the debug build's."""
    return pathlib.Path(os.environ.get("PAYSTATE", ROOT / ".build" / "debug" / "paystate")).resolve()


class HandlerOptions:
    """A handler that takes everything."""

    fail = hang = fail_events = 0


class World:
    """One daemon for all tests. hostile: with texts that mean harm. past: what is done with the world before the daemon is started."""

    def __init__(self, hostile=True, past=lambda world: None):
        if not binary().exists():
            raise AssertionError(f"{binary()} is missing: build it first")
        self.root = tempfile.mkdtemp(prefix="browser-")
        self.gateway = Gateway(1, lambda project, payment: None)
        self.handler = HandlerProcess(self.root, HandlerOptions)
        forward = {"to": f"http://127.0.0.1:{self.handler.port}/?wc-api=shop", "name": "shop"}
        self.daemon = Receiver(binary(), self.root, "daemon", "paystate.db", accounts(self.gateway.urls[0], [forward]),
                               {"first_after": "1d"})
        self.origin = f"http://127.0.0.1:{self.daemon.admin}"
        atexit.register(self.close)
        self.handler.start()
        past(self)
        self.daemon.start()
        self.traffic = Traffic(self, hostile)
        self.traffic.tell()

    def send(self, callback, status=200):
        """Posts a callback, and expects this answer."""
        sender = Sender(self.daemon.port)
        said = sender.send(callback)
        sender.close()
        if said != status:
            raise AssertionError(f"{callback} is answered {said}, not {status}: {self.daemon.tail()}")

    def instruct(self, path, **value):
        status, body = self.daemon.ask("POST", path, value)
        if status != 200:
            raise AssertionError(f"POST {path} {value} is answered {status} {body.decode()}")
        return json.loads(body)

    def log(self):
        return pathlib.Path(self.daemon.log).read_text(errors="replace")

    def close(self):
        self.daemon.stop(20)
        self.handler.kill()
        self.gateway.close()
        shutil.rmtree(self.root, ignore_errors=True)
