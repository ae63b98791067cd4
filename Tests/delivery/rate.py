#!/usr/bin/env python3
"""How fast callbacks are received without targets, with a forward and a notify target that keep up, and with dead ones.

    rate.py --binary PATH [--rounds N] [--seconds N] [--dead-seconds N]

Each run has a daemon and a database of its own. A round is a run without targets and one of each other arm; the ratio of an arm
is the median of its ratios within the rounds. Receiving goes first, so under a flood targets fall behind: those that keep up
have to have everything some time after it. Exits with 1 if a ratio is below its bound, if the targets do not catch up, or if
memory grows with a dead one. The figures of a debug build say nothing. Needs nginx.
"""

import argparse
import base64
import contextlib
import json
import os
import pathlib
import shutil
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time

from shops import ECOMMPAY, PROJECT, accounts
from callbacks import SECRET
from daemon import Receiver, free_port

KEY = base64.b64encode(os.urandom(32)).decode()
KEPT, DEAD = 0.75, 0.9  # the least ratios
CATCHING_UP = 240  # seconds after the flood within which targets that keep up have to have everything
GROWTH = 32  # MiB by which the median of the last quarter may exceed that of the second
WATCHED = 60  # seconds of watching that tell growth from a start
SAMPLE = 2  # seconds between two looks at the memory
LATER = 2_000  # callbacks every LATER_EVERY seconds, once a dead target's rate is measured
LATER_EVERY = 10


class Nginx:
    """A target that answers 200 to everything, faster than the daemon can ask."""

    def __init__(self, root):
        self.port, self.home = free_port(), pathlib.Path(root) / "nginx"
        self.home.mkdir()
        (self.home / "nginx.conf").write_text(f"""
daemon off; master_process off; worker_processes 1; pid {self.home}/pid; error_log {self.home}/error.log;
events {{ worker_connections 1024; }}
http {{
    access_log off; client_body_temp_path {self.home}/body; proxy_temp_path {self.home}/proxy;
    fastcgi_temp_path {self.home}/fastcgi; uwsgi_temp_path {self.home}/uwsgi; scgi_temp_path {self.home}/scgi;
    keepalive_requests 1000000;
    server {{ listen 127.0.0.1:{self.port} backlog=1024; return 200 ok; }}
}}
""")
        self.process = subprocess.Popen(["nginx", "-c", self.home / "nginx.conf", "-e", self.home / "error.log"])

    def close(self):
        self.process.terminate()
        self.process.wait(20)


class Silence:
    """A target that takes connections and never answers."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self.port, self.connections = self.listener.getsockname()[1], []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                self.connections.append(self.listener.accept()[0])

    def close(self):
        self.listener.close()
        for connection in self.connections:
            connection.close()


class Memory:
    """The resident memory of a process, looked at every few seconds."""

    def __init__(self, pid):
        self.pid, self.samples, self.ended = pid, [], threading.Event()
        self.began = time.monotonic()
        self.thread = threading.Thread(target=self._look, daemon=True)
        self.thread.start()

    def _look(self):
        while True:
            with contextlib.suppress(OSError), open(f"/proc/{self.pid}/status") as file:
                resident = next((int(line.split()[1]) for line in file if line.startswith("VmRSS:")), None)
                descriptors = len(os.listdir(f"/proc/{self.pid}/fd"))
                if resident is not None:
                    self.samples.append((time.monotonic() - self.began, resident / 1024, descriptors))
            if self.ended.wait(SAMPLE):
                return

    def end(self):
        self.ended.set()
        self.thread.join()

    def growth(self):
        """MiB from the second quarter of the time to the last one."""
        quarter = len(self.samples) // 4
        if not quarter:
            return 0
        sizes = [size for _, size, _ in self.samples]
        return statistics.median(sizes[-quarter:]) - statistics.median(sizes[quarter:2 * quarter])

    def __str__(self):
        step = max(1, len(self.samples) // 12)
        told = " ".join(f"{at:.0f}s:{size:.0f}" for at, size, _ in self.samples[::step])
        return f"resident MiB {told}; at most {max(d for _, _, d in self.samples)} descriptors"


class Arm:
    """A daemon with its targets, or without any, that is flooded."""

    def __init__(self, options, root, name, port=None):
        self.options, self.root, self.name, self.port = options, root, name, port
        self.rates, self.failed = [], []

    def run(self, number, is_last):
        """One run; the last one stays to see what becomes of what was not delivered."""
        forward, notify = [], {}
        if self.port is not None:
            to = f"http://127.0.0.1:{self.port}"
            forward = [{"to": f"{to}/callbacks", "name": "shop"}]
            notify = {"notify": [{"to": f"{to}/events", "name": "app", "secret": {"value": f"whsec_{KEY}"}, "from": 0}]}
        daemon = Receiver(self.options.binary, self.root, f"{self.name}{number}", "paystate.db", accounts(forward=forward),
                          {"first_after": "1d"}, **notify)
        daemon.start()
        memory = Memory(daemon.process.pid)
        try:
            report = self._flood(daemon, "--seconds", self.options.seconds)
            self.rates.append(report["rate"])
            told = [f"{report['rate']:.0f} acknowledged a second, p99 {report['latency_us']['p99'] / 1000:.1f} ms",
                    f"refused {report['refused'] or 0}", self._left(daemon)]
            if is_last and self.name == "kept":
                told.append(self._catch_up(daemon))
            elif is_last and self.name in ("refused", "hanging"):
                self._watch(daemon, memory)
        finally:
            memory.end()
            daemon.kill()
        if daemon.exits:
            raise RuntimeError(f"{self.name}: the daemon exited with {daemon.exits}: {daemon.tail()}")
        print(f"{self.name}: {'; '.join(told)}; {memory}", flush=True)
        shutil.rmtree(daemon.home)

    def _flood(self, daemon, *arguments):
        command = [daemon.binary, "sandbox", "flood", f"http://127.0.0.1:{daemon.port}/callbacks/{ECOMMPAY}", "--json",
                   "--project-id", PROJECT, "--secret", SECRET, *arguments]
        done = subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, timeout=300 + self.options.seconds, check=True)
        return json.loads(done.stdout)

    def _watch(self, daemon, memory):
        """Has a few callbacks come now and then, and looks at the memory."""
        end = memory.began + self.options.dead_seconds
        while time.monotonic() < end:
            began = time.monotonic()
            self._flood(daemon, "--seconds", 30, "--warm-up", 0, "--connections", 4, "--callbacks", LATER)
            time.sleep(max(0, min(end, began + LATER_EVERY) - time.monotonic()))
        if self.options.dead_seconds >= WATCHED and memory.growth() > GROWTH:
            self.failed.append(f"{self.name}: memory grew by {memory.growth():.0f} MiB")

    def _catch_up(self, daemon):
        """Waits until the targets have everything."""
        began = time.monotonic()
        while (left := self._to_go(daemon)) and time.monotonic() < began + CATCHING_UP:
            time.sleep(1)
        if left:
            self.failed.append(f"kept: the targets have not caught up, {left}")
        return f"caught up {time.monotonic() - began:.0f} s after the flood"

    def _left(self, daemon):
        return self._to_go(daemon) or "nothing left to deliver"

    @staticmethod
    def _to_go(daemon):
        """What was not delivered, in words."""
        with contextlib.closing(sqlite3.connect(f"file:{daemon.home}/paystate.db?mode=ro", uri=True, timeout=10)) as ledger:
            rows = ledger.execute("SELECT kind, name, state, waiting, behind FROM targets WHERE waiting > 0 OR behind > 0").fetchall()
        return "; ".join(f"{kind} {name} {state}, {behind if kind == 'notify' else waiting} to go"
                         for kind, name, state, waiting, behind in rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", required=True, help="the paystate that is measured")
    parser.add_argument("--rounds", type=int, default=3, help="how often each is measured")
    parser.add_argument("--seconds", type=float, default=5, help="how long each flood is measured")
    parser.add_argument("--dead-seconds", type=float, default=0, help="how long the memory is watched with each dead target")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    root = tempfile.mkdtemp(prefix="psr.", dir="/tmp")
    nginx, silence = Nginx(root), Silence()
    ports = {"none": None, "kept": nginx.port, "refused": free_port(), "hanging": silence.port}
    arms = [Arm(options, root, name, port) for name, port in ports.items()]
    try:
        for number in range(options.rounds):
            for arm in arms:
                arm.run(number, number == options.rounds - 1)
    finally:
        nginx.close()
        silence.close()
        shutil.rmtree(root, ignore_errors=True)
    alone, failed = arms[0].rates, [failure for arm in arms for failure in arm.failed]
    for arm, least in zip(arms[1:], (KEPT, DEAD, DEAD)):
        ratios = [rate / before for rate, before in zip(arm.rates, alone)]
        ratio = statistics.median(ratios)
        print(f"{arm.name}: {ratio:.2f} of the rate without targets (at least {least}; {', '.join(f'{one:.2f}' for one in ratios)})")
        if ratio < least:
            failed.append(f"{arm.name}: {ratio:.2f} is below {least}")
    print(f"without targets: {', '.join(f'{rate:.0f}' for rate in alone)} a second; no ratio is surer than these are alike")
    if failed:
        print("FAILED:", "; ".join(failed))
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
