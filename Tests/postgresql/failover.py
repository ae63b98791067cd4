#!/usr/bin/env python3
"""Two receivers on one PostgreSQL ledger, a primary and a standby behind a slow link, and a killer of all four.

    failover.py --binary PATH [--seconds 60] [--standby sync|async] [--seed N] [--expect-loss]

Callbacks come without pause, as gateways send them: again until they are told 200. Meanwhile receivers, primary and standby are
killed with SIGKILL at random; a dead primary is wiped and cloned from the standby that was promoted. At the end everything that
was acknowledged must be there once, in a feed without gaps, and no account may have been polled beyond its rate and what two
receivers may do in the length of one lease. Exits with 1 if anything of this is not so.

With an asynchronous standby acknowledged callbacks are lost in each failover, and this test must see it: --expect-loss turns that
into the thing that is tested (exits with 0 if something was lost, and seen). Needs a PostgreSQL server and psycopg.
"""

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter

import psycopg

from callbacks import SECRET, Load, Post
from daemon import NO_DATABASE, Receiver
from gateway import Gateway, excess
from link import DelayedLink
from servers import Server, url
from verdict import Verdict

ACCOUNTS = {"north": 240, "south": 241, "west": 242}
RATE = 2  # polls a second and account
LEASE = 30  # seconds: so long two receivers may ask the same gateway, where one of them is frozen
SILENT = 20  # payments of each account that stay pending: there is always something due to poll


class Failover:
    def __init__(self, options):
        self.options, self.random = options, random.Random(options.seed)
        self.kills, self.took, self.complaints = Counter(), [], []
        self.root = tempfile.mkdtemp(prefix="psf.", dir="/tmp")
        os.chmod(self.root, 0o711)  # the servers run as another user
        self.primary, self.standby = Server(self.root, "db1"), Server(self.root, "db2")
        self.servers = [self.primary, self.standby]
        self.link = DelayedLink(f"{self.root}/link", seed=options.seed)
        self.gateway = Gateway(2, self.answer)
        self.receivers = [self.receiver(index) for index in range(2)]
        self.load = Load([r.port for r in self.receivers], ACCOUNTS, senders=options.senders, seed=options.seed)

    def receiver(self, index):
        accounts = {name: {"gateway": "ecommpay", "project_id": project, "secrets": [{"value": SECRET}],
                           "api_url": self.gateway.urls[index]} for name, project in ACCOUNTS.items()}
        reconcile = {"first_after": "1s", "schedule": ["500ms"], "requests_per_second": RATE, "concurrency": 4}
        return Receiver(self.options.binary, self.root, f"receiver{index + 1}", url(self.servers), accounts, reconcile)

    def answer(self, project, payment):
        story = self.load.stories.get(payment)
        return story.answer() if story and story.project == project else None

    # ---- the run
    def run(self):
        self.primary.initialise()
        self.primary.start()
        with self.primary.connect() as connection:
            connection.execute("CREATE DATABASE paystate")
        for receiver in self.receivers:
            receiver.start()
        generator, post = random.Random(self.options.seed), Post(self.load.ports)
        for account in ACCOUNTS:
            for _ in range(SILENT):
                self.load.tell(self.load.story("silent", generator, account), post, generator)
        post.close()

        if self.options.standby == "sync":
            self.primary.configure(synchronous_standby_names="ANY 1 (*)")  # in force later, but in each clone from the first one
        self.link.lead_to(self.primary)
        self.standby.clone(self.primary, self.link.folder)
        self.standby.start()
        self.primary.value("SELECT pg_reload_conf()")
        self.wait_for_standby()
        self.load.start()
        began = time.time()
        self.rampage(began + self.options.seconds)

        for receiver in self.receivers:
            receiver.wait_until_ready()
        self.load.finish()
        ended = time.time()
        for receiver in self.receivers:
            code = receiver.stop()
            if code != 0:
                self.complaints.append(f"{receiver.name} exited with {code} when it was asked to stop")
        return self.judge(ended - began)

    def wait_for_standby(self, patience=30):
        """Waits until the standby is what it shall be, before anything is acknowledged that is checked."""
        wanted = "quorum" if self.options.standby == "sync" else "async"
        end = time.time() + patience
        while self.primary.value("SELECT sync_state FROM pg_stat_replication WHERE state = 'streaming'") != wanted:
            if time.time() > end:
                raise RuntimeError(f"the standby has not become {wanted} in {patience} s")
            time.sleep(0.1)

    def rampage(self, end):
        """Kills, in an order that the seed decides, each kind as often as the others."""
        kinds = []
        while time.time() < end:
            time.sleep(self.random.uniform(0.8, 3))
            if not kinds:
                kinds = ["receiver", "primary", "standby", self.random.choice(("receiver", "standby then primary"))]
                self.random.shuffle(kinds)
            kind = kinds.pop()
            if kind == "receiver":
                self.kill_receiver()
            elif kind == "primary":
                self.kill_primary()
            else:
                self.kill_standby(then_primary=kind != "standby")

    def kill_receiver(self):
        receiver = self.random.choice(self.receivers)
        self.kills["receiver"] += 1
        receiver.kill()
        time.sleep(self.random.uniform(0.1, 1.5))
        receiver.launch()

    def kill_standby(self, then_primary=False):
        self.kills["standby"] += 1
        self.standby.kill()
        time.sleep(self.random.uniform(0.2, 1.5))  # with a synchronous standby nothing can be acknowledged now
        self.standby.start()
        if then_primary:
            self.kill_primary()  # while the standby still catches up

    def kill_primary(self):
        self.kills["primary"] += 1
        began = time.time()
        dead = self.primary
        dead.kill()
        self.link.cut()
        shutil.rmtree(dead.data)  # fenced: whoever died as the primary never comes back as one
        if self.random.random() < 0.25:
            self.kill_receiver()
        self.standby.promote()
        promoted = time.time()
        self.primary, self.standby = self.standby, dead
        self.link.lead_to(self.primary)
        self.standby.clone(self.primary, self.link.folder)
        self.standby.start()
        self.took.append((promoted - began, time.time() - began))

    # ---- the verdict
    def judge(self, seconds):
        with self.primary.connect("paystate") as connection:
            connection.execute("SET search_path = paystate")
            verdict = Verdict(self.load, lambda sql: connection.execute(sql).fetchall())
        complaints = self.complaints + verdict.violations
        for receiver in self.receivers:
            wrong = [code for code in receiver.exits if code != NO_DATABASE]
            if wrong:
                complaints.append(f"{receiver.name} exited by itself with {wrong}: {receiver.tail()}")
        polls = {}
        for name, project in ACCOUNTS.items():
            times = [at for at, _ in self.gateway.polls(project)]
            polls[name] = len(times), excess(times, RATE)
            if not times:
                complaints.append(f"nothing of {name} was ever polled")
            elif polls[name][1] > (LEASE + 2) * RATE:  # 2: a bucket that is full, and one poll each under way
                complaints.append(f"{name} was polled {polls[name][1]:.0f} times more than {RATE} a second")
        if not all(self.kills[kind] for kind in ("receiver", "primary", "standby")):
            complaints.append(f"not everything was killed, so that this proves nothing: {dict(self.kills)}")

        print(f"standby {self.options.standby}, seed {self.options.seed}, {seconds:.0f} s")
        print(f"kills: receivers {self.kills['receiver']}, primary {self.kills['primary']}, standby {self.kills['standby']}")
        print(f"promotions {len(self.took)}; until promoted, until a new standby (s):",
              ", ".join(f"{a:.1f} {b:.1f}" for a, b in self.took))
        print(f"callbacks: sent {len(self.load.callbacks)}, acknowledged {verdict.acknowledged}, lost {verdict.lost}, "
              f"twice {verdict.twice}, committed with an unknown outcome {verdict.unknown}")
        print(f"recorded: callbacks {verdict.callbacks}, transitions {verdict.transitions}")
        statuses = {0: "refused", -1: "no answer"}
        print("answers:", ", ".join(f"{statuses.get(s, s)} {n}" for s, n in sorted(self.load.statuses.items())))
        print("polls, and how far beyond the rate:", ", ".join(f"{name} {n} {over:.0f}" for name, (n, over) in polls.items()))
        for complaint in complaints:
            print("VIOLATION:", complaint)
        if self.options.expect_loss:
            print("acknowledged callbacks were lost, and seen to be" if verdict.lost else
                  "nothing was lost, so that this test could not fail")
            return 0 if verdict.lost else 1
        return 1 if complaints else 0

    def close(self):
        for receiver in self.receivers:
            receiver.kill()
        self.gateway.close()
        self.link.close()
        for server in self.servers:
            server.kill()
        if self.options.keep:
            print("kept:", self.root)
        else:
            shutil.rmtree(self.root, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", required=True, help="the paystate that is tested")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--standby", choices=("sync", "async"), default="sync")
    parser.add_argument("--seed", type=int, default=None, help="of the killer and the load; printed")
    parser.add_argument("--senders", type=int, default=48)
    parser.add_argument("--expect-loss", action="store_true", help="with --standby async: fail unless something was lost")
    parser.add_argument("--keep", action="store_true", help="leave logs and data folders behind")
    options = parser.parse_args()
    if options.expect_loss and options.standby != "async":
        parser.error("--expect-loss is for --standby async")
    if options.seed is None:
        options.seed = random.SystemRandom().randrange(1 << 32)
    print("seed", options.seed, flush=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    test = Failover(options)
    try:
        return test.run()
    except (RuntimeError, psycopg.Error):
        for receiver in test.receivers:
            print(f"---- {receiver.name}, exits {receiver.exits}\n{receiver.tail()}")
        for server in test.servers:
            print(f"---- {server.name}\n{server.tail()}")
        raise
    finally:
        test.close()


if __name__ == "__main__":
    raise SystemExit(main())
