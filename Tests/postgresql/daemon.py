"""Receivers: the real program, each with a configuration and ports of its own, kept running as systemd would keep it."""

import contextlib
import http.client
import json
import os
import random
import signal
import socket
import subprocess
import threading
import time

NO_DATABASE = 75  # what `serve` exits with where the server is away when it starts: tried again by whoever started it


def free_port():
    """A port that nobody listens on. It is none that the kernel gives to connections: one of those could take it while its receiver is down."""
    while True:
        port = random.randint(12_000, 32_000)
        with contextlib.suppress(OSError), socket.socket() as s:
            s.bind(("127.0.0.1", port))
            return port


class Receiver:
    """One `paystate serve`. Killed, it stays down until it is started again; exits by itself are told in `exits`."""

    def __init__(self, binary, root, name, database, accounts, reconcile, **more):
        self.binary, self.name, self.home = os.path.abspath(binary), name, os.path.join(root, name)
        os.makedirs(self.home)
        self.port, self.admin = free_port(), free_port()
        self.log, self.path = f"{self.home}/log", f"{self.home}/paystate.yaml"
        self.process, self.wanted, self.exits = None, False, []
        self.configuration = {"database": database, "listen": f"127.0.0.1:{self.port}", "admin": [f"127.0.0.1:{self.admin}"],
                              "reconcile": reconcile, "accounts": accounts, **more}
        self.lock = threading.Lock()
        threading.Thread(target=self._watch, daemon=True).start()

    def launch(self):
        """Starts it, without waiting."""
        with self.lock:
            with open(self.path, "w") as file:
                json.dump(self.configuration, file, indent=1)  # JSON is YAML
            self._spawn()
            self.wanted = True

    def _spawn(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen([self.binary, "serve", "--config", self.path], stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=log, cwd=self.home)

    def _watch(self):
        while True:
            time.sleep(0.1)
            with self.lock:
                if not self.wanted or self.process.poll() is None:
                    continue
                self.exits.append(self.process.returncode)
                if self.process.returncode != NO_DATABASE:
                    self.wanted = False
                    continue
            time.sleep(0.3)
            with self.lock:
                if self.wanted:
                    self._spawn()

    def start(self, patience=60):
        """Starts it, and waits until it receives."""
        self.launch()
        self.wait_until_ready(patience)

    def wait_until_ready(self, patience=60):
        end = time.monotonic() + patience
        while not self.is_ready():
            if not self.wanted:
                raise RuntimeError(f"{self.name} exited with {self.exits[-1]}: {self.tail()}")
            if time.monotonic() > end:
                raise RuntimeError(f"{self.name} is not ready after {patience} s: {self.tail()}")
            time.sleep(0.05)

    def is_ready(self):
        with contextlib.suppress(OSError, http.client.HTTPException):
            return self.ask("GET", "/readyz")[0] == 200
        return False

    def ask(self, method, path, value=None, timeout=20):
        """What an admin endpoint answers: status, body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.admin, timeout=timeout)
        try:
            connection.request(method, path, None if value is None else json.dumps(value), {"Content-Type": "application/json"})
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    @property
    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def kill(self):
        """SIGKILL."""
        with self.lock:
            self.wanted = False
            if self.is_running:
                self.process.kill()
                self.process.wait()

    def stop(self, patience=30):
        """SIGTERM; returns the exit code."""
        with self.lock:
            self.wanted = False
            if self.is_running:
                self.process.send_signal(signal.SIGCONT)
                self.process.terminate()
                try:
                    self.process.wait(patience)
                except subprocess.TimeoutExpired:
                    self.process.kill()
                    self.process.wait()
            return self.process.returncode if self.process else None

    def freeze(self):
        """SIGSTOP: it holds what it holds, and does nothing."""
        if self.is_running:
            self.process.send_signal(signal.SIGSTOP)

    def thaw(self):
        if self.is_running:
            self.process.send_signal(signal.SIGCONT)

    def tail(self, size=2500):
        with contextlib.suppress(OSError), open(self.log, errors="replace") as file:
            return file.read()[-size:]
        return ""
