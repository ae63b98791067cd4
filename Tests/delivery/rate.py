#!/usr/bin/env python3
"""How fast callbacks are received without targets, with a forward and a notify target that keep up, and with dead ones.

    rate.py --binary PATH [--seconds N] [--dead-seconds N]

Each arm has a daemon and a database of its own; the ratios are to the mean of the runs without targets, which are made at the
start and at the end. Exits with 1 if a ratio is below its bound, or memory grows with a dead target. The figures of a debug
build say nothing. Needs nginx.
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
BEHIND = 0.1  # the share of the callbacks that targets which keep up may be behind when the flood ends
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
    """One daemon with its targets, flooded."""

    def __init__(self, options, root, name, port=None):
        forward, notify = [], {}
        if port is not None:
            to = f"http://127.0.0.1:{port}"
            forward = [{"to": f"{to}/callbacks", "name": "shop"}]
            notify = {"notify": [{"to": f"{to}/events", "name": "app", "secret": {"value": f"whsec_{KEY}"}, "from": 0}]}
        self.options, self.name, self.dead = options, name, name in ("refused", "hanging")
        self.forwards, self.undelivered = bool(forward), 0.0  # the share of the callbacks that was not delivered at the end
        self.daemon = Receiver(options.binary, root, name, "paystate.db", accounts(forward=forward), {"first_after": "1d"}, **notify)

    def run(self):
        """The rate, and the memory."""
        self.daemon.start()
        memory = Memory(self.daemon.process.pid)
        try:
            report = self.flood("--seconds", self.options.seconds)
            end = memory.began + (self.options.dead_seconds if self.dead else 0)
            while time.monotonic() < end:
                began = time.monotonic()
                self.flood("--seconds", 30, "--warm-up", 0, "--connections", 4, "--callbacks", LATER)
                time.sleep(max(0, min(end, began + LATER_EVERY) - time.monotonic()))
            left = self.left()
        finally:
            memory.end()
            self.daemon.kill()
        if self.daemon.exits:
            raise RuntimeError(f"{self.name}: the daemon exited with {self.daemon.exits}: {self.daemon.tail()}")
        print(f"{self.name}: {report['rate']:.0f} acknowledged a second, p99 {report['latency_us']['p99'] / 1000:.1f} ms, "
              f"refused {report['refused'] or 0}; {left}; {memory}", flush=True)
        shutil.rmtree(self.daemon.home)
        return report["rate"], memory

    def flood(self, *arguments):
        command = [self.daemon.binary, "sandbox", "flood", f"http://127.0.0.1:{self.daemon.port}/callbacks/{ECOMMPAY}", "--json",
                   "--project-id", PROJECT, "--secret", SECRET, *arguments]
        done = subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, timeout=300 + self.options.seconds, check=True)
        return json.loads(done.stdout)

    def left(self):
        """What was delivered when the flood had ended, and what was not."""
        with contextlib.closing(sqlite3.connect(f"file:{self.daemon.home}/paystate.db?mode=ro", uri=True, timeout=10)) as ledger:
            rows = ledger.execute("SELECT kind, name, state, waiting, behind FROM targets WHERE waiting > 0 OR behind > 0").fetchall()
            total, delivered = (ledger.execute(f"SELECT count(*) FROM {view}").fetchone()[0]
                                for view in ("callbacks", "forwards WHERE state = 'delivered'"))
        told = [f"{kind} {name} {state}, {behind if kind == 'notify' else waiting} to go" for kind, name, state, waiting, behind in rows]
        behind = [row[4] or 0 for row in rows if row[0] == "notify"]
        self.undelivered = max([total - delivered if self.forwards else 0, *behind]) / max(total, 1)
        return f"{total} callbacks, {delivered} forwarded" + "".join(f"; {words}" for words in told)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", required=True, help="the paystate that is measured")
    parser.add_argument("--seconds", type=float, default=10, help="how long each flood is measured")
    parser.add_argument("--dead-seconds", type=float, default=0, help="how long the memory is watched with each dead target")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    root = tempfile.mkdtemp(prefix="psr.", dir="/tmp")
    nginx, silence = Nginx(root), Silence()
    ports = {"none": None, "kept": nginx.port, "refused": free_port(), "hanging": silence.port, "none again": None}
    rates, failed = {}, []
    try:
        for name, port in ports.items():
            arm = Arm(options, root, name, port)
            rates[name], memory = arm.run()
            if name == "kept" and arm.undelivered > BEHIND:
                failed.append(f"kept: the targets did not keep up ({arm.undelivered:.0%} of the callbacks behind), its ratio proves nothing")
            if name in ("refused", "hanging") and options.dead_seconds >= WATCHED and memory.growth() > GROWTH:
                failed.append(f"{name}: memory grew by {memory.growth():.0f} MiB")
    finally:
        nginx.close()
        silence.close()
        shutil.rmtree(root, ignore_errors=True)
    alone = (rates["none"] + rates["none again"]) / 2
    for name, least in (("kept", KEPT), ("refused", DEAD), ("hanging", DEAD)):
        ratio = rates[name] / alone if alone else 0
        print(f"{name}: {ratio:.2f} of the rate without targets (at least {least})")
        if ratio < least:
            failed.append(f"{name}: {ratio:.2f} is below {least}")
    differ = abs(rates["none"] - rates["none again"]) / alone if alone else 1
    print(f"the two runs without targets differ by {differ:.0%}: no ratio is surer than that")
    if failed:
        print("FAILED:", "; ".join(failed))
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
