"""Signed ecommpay callbacks and status answers, and a load of them that behaves as a gateway does: it comes again until it is told 200."""

import base64
import contextlib
import hashlib
import hmac
import http.client
import json
import random
import socket
import threading
import time
from collections import Counter

SECRET = "failover-secret"


# ---- signing
def _lines(value, path=""):
    """The lines that ecommpay signs. Lists hold at most ten items here, so that the order of bytes is the natural one."""
    if isinstance(value, dict):
        for key, item in value.items():
            if key not in ("signature", "frame_mode"):
                yield from _lines(item, f"{path}:{key}" if path else key)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _lines(item, f"{path}:{index}")
    else:
        yield f"{path}:{'' if value is None else int(value) if isinstance(value, bool) else value}"


def signed(body, secret=SECRET):
    """The body with its signature, as bytes."""
    text = ";".join(sorted(_lines(body), key=lambda line: line.encode()))
    signature = base64.b64encode(hmac.new(secret.encode(), text.encode(), hashlib.sha512).digest()).decode()
    return json.dumps({**body, "signature": signature}, ensure_ascii=False).encode()


# ---- what a gateway tells
def _time(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%S+0000", time.gmtime(seconds))


def _sum(amount):
    return {"amount": amount, "currency": "EUR"}


def operation(number, type, status, amount, at):
    return {"id": number, "type": type, "status": status, "date": _time(at), "created_date": _time(at),
            "request_id": f"{number:040x}-00000001", "sum_initial": _sum(amount), "sum_converted": _sum(amount),
            "code": "0" if status == "success" else "9999", "message": status}


def message(project, payment, status, amount, at, **operations):
    """A callback (`operation=`) or a status answer (`operations=`)."""
    return {"project_id": project,
            "payment": {"id": payment, "type": "purchase", "status": status, "date": _time(at), "method": "card",
                        "sum": _sum(amount), "description": "Order"},
            "customer": {"id": "7"}, **operations}


class Story:
    """One payment: the callbacks of it in their order, what its gateway would answer meanwhile, and what it must come to."""

    started = 1_700_000_000  # the gateway's clock begins here: its times are no concern of the receivers' clocks

    def __init__(self, account, project, number, kind, amount, refunded=0):
        self.account, self.project, self.payment, self.kind = account, project, f"F-{number}", kind
        self.lock, self.told = threading.Lock(), None
        at, sale, refund = self.started + number, 10 * number + 1, 10 * number + 2
        pending = ("processing", [operation(sale, "sale", "processing", amount, at)])
        paid = ("success", [operation(sale, "sale", "success", amount, at + 5)])
        back = ("partially refunded", [*paid[1], operation(refund, "refund", "success", refunded, at + 9)])
        # Each step is what the gateway knows by then: a status, and the operations of which a callback tells the last.
        self.steps = {"sale": [paid], "late": [pending, paid], "refund": [paid, back], "silent": [pending]}[kind]
        self.amount, self.at = amount, at
        self.state = {"sale": "succeeded", "late": "succeeded", "refund": "partially_refunded", "silent": "pending"}[kind]
        self.balance = {"sale": amount, "late": amount, "refund": amount - refunded, "silent": 0}[kind]

    def callback(self, step):
        """The bytes of a step's callback. From now on the gateway's status endpoint knows of it as well."""
        status, operations = self.steps[step]
        with self.lock:
            self.told = step
        return signed(message(self.project, self.payment, status, self.amount, self.at + 9 * step, operation=operations[-1]))

    def answer(self):
        """The bytes of the status endpoint's answer at this moment."""
        with self.lock:
            status, operations = self.steps[self.told or 0]
            step = self.told or 0
        return signed(message(self.project, self.payment, status, self.amount, self.at + 9 * step, operations=operations))


# ---- delivering
class Callback:
    """One body, and what has become of it."""

    def __init__(self, story, body):
        self.story, self.body, self.digest = story, body, hashlib.sha256(body).digest()
        self.acknowledged = 0  # how often a 200 came
        self.attempts = 0


class Post:
    """One sender's connections, one to each receiver."""

    def __init__(self, ports, timeout=20):
        self.ports, self.timeout, self.connections = ports, timeout, {}

    def send(self, index, account, body):
        """The status that receiver `index` answers with; 0: no connection; -1: the request was sent, and no answer came."""
        connection = self.connections.get(index)
        if connection is None:
            connection = http.client.HTTPConnection("127.0.0.1", self.ports[index], timeout=self.timeout)
            try:
                connection.connect()
            except OSError:
                return 0
            connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.connections[index] = connection
        try:
            connection.request("POST", f"/callbacks/{account}", body, {"Content-Type": "application/json"})
            response = connection.getresponse()
            response.read()
            if response.will_close:
                self.drop(index)
            return response.status
        except (OSError, http.client.HTTPException):
            self.drop(index)
            return -1

    def drop(self, index):
        connection = self.connections.pop(index, None)
        if connection is not None:
            with contextlib.suppress(OSError):
                connection.close()

    def close(self):
        for index in list(self.connections):
            self.drop(index)


class Load:
    """Senders, each of which tells stories one after another, every callback until it is acknowledged."""

    KINDS = ("sale", "sale", "late", "refund")

    def __init__(self, ports, accounts, senders=48, seed=0, again=0.05, pause=0.0):
        """accounts: project numbers by name. again: the share of acknowledged callbacks that are sent once more. pause: seconds
        that a sender rests between callbacks."""
        self.ports, self.accounts, self.again, self.pause = ports, accounts, again, pause
        self.callbacks, self.stories, self.statuses = [], {}, Counter()
        self.answers = []  # (when it was sent, when it came, receiver, status)
        self.lock, self.number = threading.Lock(), 0
        self.stopping, self.deadline = threading.Event(), None
        self.threads = [threading.Thread(target=self._work, args=(random.Random(f"{seed} {n}"),), daemon=True) for n in range(senders)]

    def start(self):
        for thread in self.threads:
            thread.start()

    def finish(self, patience=90):
        """Lets each sender end its story. What is not acknowledged by then stays so."""
        self.deadline = time.monotonic() + patience
        self.stopping.set()
        for thread in self.threads:
            if thread.is_alive():
                thread.join(patience + 60)

    def story(self, kind, generator, account=None):
        account = account or generator.choice(list(self.accounts))
        amount = generator.randint(200, 99_999)
        with self.lock:
            self.number += 1
            story = Story(account, self.accounts[account], self.number, kind, amount, generator.randint(1, amount - 1))
            self.stories[story.payment] = story
        return story

    def tell(self, story, post, generator):
        """Delivers a story's callbacks, one after another. False: the last one could not be delivered."""
        for step in range(len(story.steps)):
            callback = self.callback(story, step)
            if not self.deliver(callback, post, generator):
                return False
            if generator.random() < self.again:
                self.attempt(callback, post, generator.randrange(len(self.ports)))  # and once more, as gateways do
        return True

    def callback(self, story, step):
        """A step's callback, of which the load keeps account from now on."""
        callback = Callback(story, story.callback(step))
        with self.lock:
            self.callbacks.append(callback)
        return callback

    def settle(self, post, generator, patience=30):
        """Delivers whatever was sent and not acknowledged."""
        self.deadline = time.monotonic() + patience
        for callback in [c for c in self.callbacks if not c.acknowledged]:
            self.deliver(callback, post, generator)

    def _work(self, generator):
        post = Post(self.ports)
        while not self.stopping.is_set():
            self.tell(self.story(generator.choice(self.KINDS), generator), post, generator)
            if self.pause:
                self.stopping.wait(self.pause)
        post.close()

    def deliver(self, callback, post, generator):
        """Sends it until it is acknowledged, to one receiver and the other in turn. False: the load has ended before."""
        index, pause = generator.randrange(len(self.ports)), 0.02
        while self.attempt(callback, post, index) != 200:
            if self.deadline is not None and time.monotonic() > self.deadline:
                return False
            index = (index + 1) % len(self.ports)  # as a load balancer would: the other one
            time.sleep(pause * generator.uniform(0.5, 1))
            pause = min(2 * pause, 0.5)
        return True

    def attempt(self, callback, post, index):
        """Sends it once to one receiver, and returns the status, as `Post.send` does."""
        callback.attempts += 1
        sent = time.time()
        status = post.send(index, callback.story.account, callback.body)
        with self.lock:
            self.statuses[status] += 1
            self.answers.append((sent, time.time(), index, status))
            if status == 200:
                callback.acknowledged += 1
        return status
