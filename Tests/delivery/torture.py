#!/usr/bin/env python3
"""Callbacks go through `forward` to a handler that fails, hangs and is killed, and transitions to a `notify` target, while the
daemon is killed: each is delivered, in order, and none is given up.

    torture.py --binary PATH [--callbacks N] [--rate N] [--seconds N]

Exits with 1 and says what is missing if anything is, or if it is not done within the seconds.
"""

import argparse
import base64
import collections
import contextlib
import hashlib
import hmac
import json
import os
import pathlib
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

from shops import BASIC, ECOMCHARGE, Sender, accounts, payment
from daemon import Receiver, free_port

HERE = pathlib.Path(__file__).resolve().parent
KEY = os.urandom(32)  # of the events' signatures
TIMEOUT = "1s"
CALLBACKS_A_PAYMENT = 4
DAEMON_KILLS, HANDLER_KILLS = 5, 2
SENDERS = 16
PATIENT = 20  # seconds that the schedule is left alone with what waits, before it is told to try now


class HandlerProcess:
    """The shop's handler, as a process of its own."""

    def __init__(self, root, options):
        self.port, self.log, self.options, self.starts, self.process = free_port(), f"{root}/handler.log", options, 0, None

    def start(self):
        self.starts += 1
        self.process = subprocess.Popen(
            [sys.executable, HERE / "handler.py", "--port", str(self.port), "--log", self.log, "--seed", str(self.starts),
             "--fail", str(self.options.fail), "--hang", str(self.options.hang), "--fail-events", str(self.options.fail_events)])

    def kill(self):
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def requests(self):
        """What it noted, in the order of arrival."""
        if not os.path.exists(self.log):
            return []
        with open(self.log) as file:
            return [json.loads(line) for line in file if line.endswith("\n")]


class Gateways:
    """Senders that tell one payment after another, each callback until it is acknowledged."""

    def __init__(self, port, payments, rate):
        self.port, self.payments, self.lock = port, iter(payments), threading.Lock()
        self.callbacks = [callback for steps in payments for callback in steps]
        self.pause, self.acknowledged, self.requests = SENDERS / rate, 0, 0
        self.stopping = threading.Event()
        self.threads = [threading.Thread(target=self._work, daemon=True) for _ in range(SENDERS)]
        for thread in self.threads:
            thread.start()

    @property
    def are_done(self):
        return not any(thread.is_alive() for thread in self.threads)

    def stop(self):
        self.stopping.set()
        for thread in self.threads:
            thread.join(30)

    def _work(self):
        sender = Sender(self.port)
        while not self.stopping.is_set():
            with self.lock:
                steps = next(self.payments, None)
            if steps is None:
                break
            for callback in steps:
                self._deliver(callback, sender)
        sender.close()

    def _deliver(self, callback, sender):
        while not self.stopping.is_set():
            began = time.monotonic()
            status = sender.send(callback)
            with self.lock:
                self.requests += 1
                self.acknowledged += status == 200
            self.stopping.wait(max(0, self.pause - (time.monotonic() - began)) if status == 200 else 0.1)
            if status == 200:
                return


class Ledger:
    """The public views of the daemon's database."""

    def __init__(self, path):
        self.path = path

    def query(self, sql):
        with contextlib.closing(sqlite3.connect(f"file:{self.path}?mode=ro", uri=True, timeout=10)) as connection:
            return connection.execute(sql).fetchall()

    def open_work(self):
        """What is not delivered yet: callbacks to forward by their state, and how many events targets are behind."""
        forwards = dict(self.query("SELECT state, count(*) FROM forwards WHERE state <> 'delivered' GROUP BY state"))
        behind = sum(row[0] or 0 for row in self.query("SELECT behind FROM targets WHERE kind = 'notify'"))
        missing = self.query("SELECT count(*) FROM callbacks WHERE id NOT IN (SELECT callback_id FROM forwards)")[0][0]
        return forwards | ({"without a row": missing} if missing else {}), behind


class Report:
    """What is wrong, in words with examples."""

    def __init__(self):
        self.problems = []

    def complain(self, what, examples):
        if examples:
            shown = ", ".join(map(str, examples[:5])) + (", …" if len(examples) > 5 else "")
            self.problems.append(f"{what}: {len(examples)} ({shown})")

    def check_forwards(self, callbacks, requests, ledger):
        """Each acknowledged callback came at least once, in its order, as it was, and always under the same number."""
        known = {callback.digest: callback for callback in callbacks}
        first, numbers, owners = {}, collections.defaultdict(set), collections.defaultdict(set)
        for place, request in enumerate(requests):
            digest, headers = request["digest"], request["headers"]
            numbers[digest].add(headers.get("paystate-callback"))
            owners[headers.get("paystate-callback")].add(digest)
            if request["outcome"] == "ok":
                first.setdefault(digest, place)
        self.complain("never acknowledged", [c for c in callbacks if not c.acknowledged])
        self.complain("acknowledged, but never delivered", [c for c in callbacks if c.acknowledged and c.digest not in first])
        self.complain("delivered, but never sent", [digest[:12] for digest in numbers if digest not in known])
        self.complain("Paystate-Callback is missing, or changes between attempts",
                      [known.get(digest, digest) for digest, all in numbers.items() if len(all) != 1 or None in all])
        self.complain("Paystate-Callback is that of several callbacks", [n for n, digests in owners.items() if len(digests) != 1])
        recorded = {str(number): bytes(digest).hex() for number, digest in ledger.query("SELECT id, digest FROM callbacks")}
        self.complain("Paystate-Callback is not the callback's number in the ledger",
                      [number for number, digests in owners.items() if {recorded.get(number)} != digests])
        self.complain("Paystate-Attempt is not a number from 1 on", [
            request["headers"].get("paystate-attempt") for request in requests
            if not re.fullmatch("[1-9][0-9]*", request["headers"].get("paystate-attempt") or "")])
        for name in ("content-type", "content-signature", "authorization"):
            self.complain(f"{name} is not what came", [
                f"{known[request['digest']]}: {request['headers'].get(name)}" for request in requests
                if request["digest"] in known and request["headers"].get(name) != expected_header(known[request["digest"]], name)])
        by_payment = collections.defaultdict(list)
        for callback in callbacks:
            if callback.digest in first:
                by_payment[callback.account, callback.payment].append((callback.step, first[callback.digest]))
        self.complain("first deliveries are not in the payment's order", [
            f"{account}/{name}: {[step + 1 for step, _ in sorted(steps, key=lambda pair: pair[1])]}"
            for (account, name), steps in by_payment.items() if sorted(steps) != sorted(steps, key=lambda pair: pair[1])])

    def check_events(self, requests, ledger):
        """Each transition of a payment was told, in order without gaps, under one id, and signed."""
        rows = ledger.query("SELECT seq, account, payment_id, from_state, to_state, moved_minor FROM transitions "
                            "WHERE entity = 'payment' ORDER BY seq")
        told, ids, seqs, unlike, unsigned = {}, collections.defaultdict(set), collections.defaultdict(set), [], []
        rows_by_seq = {row[0]: row for row in rows}
        for request in requests:
            event, headers = json.loads(request["body"]), request["headers"]
            seq = event["seq"]
            ids[seq].add(headers.get("webhook-id"))
            seqs[headers.get("webhook-id")].add(seq)
            if not is_signed(request):
                unsigned.append(seq)
            said = (seq, event["account"], event["payment_id"], event["from_state"], event["to_state"], event["moved_minor"])
            if said != rows_by_seq.get(seq) or event["type"] != f"payment.{event['to_state']}":
                unlike.append(f"{event['type']} {said}, not {rows_by_seq.get(seq)}")
            if request["outcome"] == "ok":
                told.setdefault(seq, len(told))
        self.complain("transitions that were never told", [row[0] for row in rows if row[0] not in told])
        self.complain("events that are not as the view `transitions` says", unlike)
        due = [row[0] for row in rows if row[0] in told]
        self.complain("first tellings that are out of order",
                      [f"{said} where {seq} was due" for said, seq in zip(told, due) if said != seq])
        self.complain("webhook-id is missing, or changes between attempts",
                      [seq for seq, all in ids.items() if len(all) != 1 or None in all])
        self.complain("webhook-id is that of several events", [name for name, all in seqs.items() if len(all) != 1])
        self.complain("events with a wrong signature", unsigned)
        return len(rows)


def expected_header(callback, name):
    """What a forwarded callback must carry: what came, and at eComCharge the account's own credentials."""
    if name == "authorization":
        return BASIC if callback.account == ECOMCHARGE else None
    return {key.lower(): value for key, value in callback.headers.items()}.get(name)


def is_signed(request):
    """Whether one of the signatures is that of Standard Webhooks."""
    headers = request["headers"]
    text = f"{headers.get('webhook-id')}.{headers.get('webhook-timestamp')}.{request['body']}"
    right = "v1," + base64.b64encode(hmac.new(KEY, text.encode(), hashlib.sha256).digest()).decode()
    return right in (headers.get("webhook-signature") or "").split() and abs(int(headers["webhook-timestamp"]) - request["at"]) < 60


class Torture:
    def __init__(self, options, root):
        self.options, self.end = options, time.monotonic() + options.seconds
        self.handler = HandlerProcess(root, options)
        to = f"http://127.0.0.1:{self.handler.port}"
        forward = {"to": f"{to}/callbacks?wc-api=shop", "name": "shop", "timeout": TIMEOUT, "give_up_after": "1h", "concurrency": 16}
        notify = {"to": f"{to}/events", "name": "app", "secret": {"value": "whsec_" + base64.b64encode(KEY).decode()}, "from": 0,
                  "timeout": TIMEOUT, "give_up_after": "1h"}
        self.daemon = Receiver(options.binary, root, "daemon", "paystate.db", accounts(forward=[forward]), {"first_after": "1d"},
                               notify=[notify])
        self.ledger = Ledger(f"{self.daemon.home}/paystate.db")
        self.gateways, self.kills, self.orders = None, collections.Counter(), 0

    def run(self):
        """The problems, and the figures."""
        began, report = time.monotonic(), Report()
        payments = [payment(number, CALLBACKS_A_PAYMENT) for number in range(1, self.options.callbacks // CALLBACKS_A_PAYMENT + 1)]
        print(f"{len(payments)} payments are signed", flush=True)
        self.handler.start()
        self.daemon.start()
        self.gateways = Gateways(self.daemon.port, payments, self.options.rate)
        if not (self.send(len(self.gateways.callbacks)) and self.drain()):
            forwards, behind = self.ledger.open_work()
            report.problems.append(f"not done within {self.options.seconds} s: {self.gateways.acknowledged} acknowledged, "
                                   f"not delivered {forwards}, {behind} events behind")
        self.gateways.stop()
        requests = self.handler.requests()
        forwards = [request for request in requests if request["body"] is None]
        events = [request for request in requests if request["body"] is not None]
        report.check_forwards(self.gateways.callbacks, forwards, self.ledger)
        transitions = report.check_events(events, self.ledger)
        report.complain("forwards that are not delivered", [
            f"callback {callback}: {state}, {error}" for callback, state, error in
            self.ledger.query("SELECT callback_id, state, last_error FROM forwards WHERE state <> 'delivered'")])
        report.complain("targets that have given up", self.ledger.query("SELECT name FROM targets WHERE gave_up > 0 OR state = 'gave_up'"))
        report.complain("the daemon exited by itself", self.daemon.exits)
        return report.problems, self.figures(forwards, events, transitions, time.monotonic() - began)

    def send(self, total):
        """Waits for the senders, and kills daemon and handler as they go on. False: out of time."""
        due = sorted([(total * (n + 1) // (DAEMON_KILLS + 1), "daemon") for n in range(DAEMON_KILLS)]
                     + [(total * (2 * n + 1) // (2 * HANDLER_KILLS), "handler") for n in range(HANDLER_KILLS)])
        while not self.gateways.are_done or due:
            if time.monotonic() > self.end:
                return False
            if due and self.gateways.acknowledged >= due[0][0]:
                victim = due.pop(0)[1]
                self.kills[victim] += 1
                process = {"daemon": self.daemon, "handler": self.handler}[victim]
                process.kill()
                print(f"{victim} killed at {self.gateways.acknowledged} acknowledged callbacks", flush=True)
                time.sleep(0.3 if victim == "daemon" else 1)
                process.start()
            time.sleep(0.02)
        return True

    def drain(self):
        """Waits until everything is delivered; after a while tells the daemon to try now what waits longer. False: out of time."""
        alone = told = time.monotonic()
        while True:
            forwards, behind = self.ledger.open_work()
            if not forwards and not behind:
                return True
            now = time.monotonic()
            if now > self.end:
                return False
            if now - told > 5:
                print(f"not delivered: {forwards}, {behind} events behind", flush=True)
                told = now
                if now - alone > PATIENT:
                    status, body = self.daemon.ask("POST", "/v1/deliver", {})
                    if status != 200:
                        print(f"POST /v1/deliver: {status} {body.decode()}", flush=True)
                    self.orders += status == 200
            time.sleep(0.2)

    def figures(self, forwards, events, transitions, seconds):
        outcomes = collections.Counter(request["outcome"] for request in forwards)
        times = collections.Counter(request["digest"] for request in forwards if request["outcome"] == "ok")
        told = collections.Counter(request["headers"].get("webhook-id") for request in events if request["outcome"] == "ok")
        return {
            "callbacks": len(self.gateways.callbacks), "acknowledged": self.gateways.acknowledged, "requests": self.gateways.requests,
            "attempts": len(forwards), "answered 500": outcomes["fail"], "hung": outcomes["hang"], "delivered": len(times),
            "delivered twice": sum(count > 1 for count in times.values()), "daemon kills": self.kills["daemon"],
            "handler kills": self.kills["handler"], "transitions": transitions, "event attempts": len(events), "told": len(told),
            "told twice": sum(count > 1 for count in told.values()), "orders to try now": self.orders, "seconds": round(seconds),
        }

    def close(self):
        if self.gateways is not None:
            self.gateways.stopping.set()
        self.daemon.kill()
        self.handler.kill()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", required=True, help="the paystate that is tested")
    parser.add_argument("--callbacks", type=int, default=10_000)
    parser.add_argument("--rate", type=float, default=150, help="callbacks a second that the gateways send")
    parser.add_argument("--seconds", type=float, default=900, help="when it must be done at the latest")
    parser.add_argument("--fail", type=float, default=0.2, help="the share of forwarded callbacks that is answered 500")
    parser.add_argument("--hang", type=float, default=0.05, help="the share that is not answered within the target's timeout")
    parser.add_argument("--fail-events", type=float, default=0.002,
                        help="the share of events that is answered 500: each holds up all later ones")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    root = tempfile.mkdtemp(prefix="psd.", dir="/tmp")
    torture = Torture(options, root)
    try:
        problems, figures = torture.run()
    finally:
        torture.close()
    print("; ".join(f"{name} {value}" for name, value in figures.items()))
    if problems:
        print("FAILED:", "; ".join(problems))
        print(torture.daemon.tail())
    shutil.rmtree(root, ignore_errors=True)
    return 1 if problems else 0


if __name__ == "__main__":
    raise SystemExit(main())
