"""PostgreSQL servers of a test's own: made, killed as a machine dies, promoted and cloned, on Unix sockets alone."""

import contextlib
import os
import pwd
import re
import shutil
import signal
import subprocess
import time
import urllib.parse

import psycopg

OLDEST = 14
HINT = "apt-get install --no-install-recommends postgresql python3-psycopg"
PORT = 5432  # names the socket's file; nothing listens on TCP


def binaries():
    """The folder of the newest server that is installed; POSTGRESQL_BIN names another."""
    given = os.environ.get("POSTGRESQL_BIN")
    folders = [given] if given else []
    if not given:
        with contextlib.suppress(OSError):
            versions = sorted((v for v in os.listdir("/usr/lib/postgresql") if v.isdigit()), key=int, reverse=True)
            folders += [f"/usr/lib/postgresql/{v}/bin" for v in versions]
        found = shutil.which("postgres")
        folders += [os.path.dirname(os.path.realpath(found))] if found else []
    for folder in folders:
        with contextlib.suppress(OSError):
            said = subprocess.run([f"{folder}/postgres", "--version"], capture_output=True, text=True).stdout
            if int(re.search(r"\d+", said).group()) >= OLDEST:
                return folder
    raise SystemExit(f"no PostgreSQL server of version {OLDEST} or newer is installed: {HINT}")


def as_server():
    """What Popen needs to run a server: it refuses to be root."""
    if os.geteuid() != 0:
        return {}
    try:
        user = pwd.getpwnam("postgres")
    except KeyError:
        raise SystemExit(f"there is no user postgres, whom root's servers run as: {HINT}") from None
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def give_to_server(path):
    """Lets the servers' user own a folder."""
    owner = as_server()
    if owner:
        os.chown(path, owner["user"], owner["group"])


def is_gone(pid):
    """Whether a process has ended; one that nobody has waited for yet holds no lock and no socket any more."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0] in "ZX"
    except OSError:
        return True


class Server:
    """One cluster with its data, its socket and its process."""

    SETTINGS = {
        "listen_addresses": "",
        "port": PORT,
        "max_connections": 200,
        "shared_buffers": "32MB",
        "fsync": "on",
        "recovery_init_sync_method": "syncfs",  # one call for what is otherwise one fsync a file, at each start after a kill
        "synchronous_commit": "on",
        "wal_level": "replica",
        "hot_standby": "on",
        "max_wal_senders": 10,
        "wal_keep_size": "512MB",
        "wal_receiver_timeout": "5s",
        "wal_retrieve_retry_interval": "200ms",
    }

    def __init__(self, root, name):
        self.name, self.bin, self.process = name, binaries(), None
        self.home = os.path.join(root, name)  # also where the socket is: short, its path has room for 107 bytes
        self.data, self.log = f"{self.home}/data", f"{self.home}/log"
        os.makedirs(self.home, mode=0o700)
        give_to_server(self.home)

    # ---- making one
    def initialise(self, **settings):
        """Makes an empty cluster."""
        # Sorted as people sort, where initdb can: text that is compared by anything but its bytes then shows itself.
        known = subprocess.run([f"{self.bin}/initdb", "--help"], capture_output=True, text=True).stdout
        sorting = ["--locale-provider=icu", "--icu-locale=en-US"] if "--icu-locale" in known else []
        self._run("initdb", f"--pgdata={self.data}", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", *sorting,
                  "--no-sync")  # only processes die here, so that making the files need not wait for the disk
        self.configure(**{**self.SETTINGS, "unix_socket_directories": self.home, **settings})

    def clone(self, primary, link):
        """Makes this server a standby: a copy of the primary, which follows it through the socket in folder `link`.

        The backup's own stream takes no replication slot: with one it would count as a synchronous standby, before there is
        a server that could be promoted.
        """
        assert not self.is_running
        shutil.rmtree(self.data, ignore_errors=True)
        self._run("pg_basebackup", f"--host={primary.home}", f"--port={PORT}", "--username=postgres", f"--pgdata={self.data}",
                  "--wal-method=stream", "--no-slot", "--checkpoint=fast", "--no-sync")
        self.configure(unix_socket_directories=self.home,
                       primary_conninfo=f"host={link} port={PORT} user=postgres application_name={self.name}")
        open(f"{self.data}/standby.signal", "w").close()
        give_to_server(f"{self.data}/standby.signal")

    def configure(self, **settings):
        """Appends settings, of which the last one of a name counts; the server reads them when it starts."""
        with open(f"{self.data}/postgresql.conf", "a") as file:
            for key, value in settings.items():
                file.write(f"{key} = '{value}'\n")

    def _run(self, program, *arguments):
        done = subprocess.run([f"{self.bin}/{program}", *arguments], capture_output=True, text=True, cwd=self.home, **as_server())
        if done.returncode != 0:
            raise RuntimeError(f"{program} of {self.name} failed: {done.stdout}{done.stderr}{self.tail()}")

    def tail(self, size=1500):
        """The end of the server's log."""
        with contextlib.suppress(OSError), open(self.log, errors="replace") as file:
            return file.read()[-size:]
        return ""

    # ---- running it
    @property
    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def start(self, patience=60):
        """Starts it, and waits until it answers."""
        assert not self.is_running
        for attempt in range(3):
            with open(self.log, "a") as log:
                self.process = subprocess.Popen([f"{self.bin}/postgres", "-D", self.data], stdin=subprocess.DEVNULL, stdout=log,
                                                stderr=log, cwd=self.home, start_new_session=True, **as_server())
            end = time.monotonic() + patience
            while self.is_running:
                ready = subprocess.run([f"{self.bin}/pg_isready", "-q", "-h", self.home, "-p", str(PORT), "-U", "postgres"])
                if ready.returncode == 0:
                    return
                if time.monotonic() > end:
                    raise RuntimeError(f"{self.name} did not start in {patience} s: {self.tail()}")
                time.sleep(0.1)
            time.sleep(0.5)  # shared memory of the one that was killed may outlive it for a moment
        raise RuntimeError(f"{self.name} did not start: {self.tail()}")

    def stop(self):
        """Stops it in order: sessions are ended, everything is written."""
        if self.is_running:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.kill()

    def kill(self):
        """Kills it as a machine dies: the server and all of its processes at once, by their ids."""
        if not self.is_running:
            return
        server = self.process.pid
        os.kill(server, signal.SIGSTOP)  # or it would notice that its children die, and start more of them
        children = self.children()
        for pid in [server, *children]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()
        end = time.monotonic() + 10
        while not all(map(is_gone, children)):
            if time.monotonic() > end:
                raise RuntimeError(f"processes of {self.name} outlive SIGKILL: {children}")
            time.sleep(0.01)
        for left in (f"{self.data}/postmaster.pid", f"{self.home}/.s.PGSQL.{PORT}", f"{self.home}/.s.PGSQL.{PORT}.lock"):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(left)

    def children(self):
        """The ids of the server's processes: sessions, and what runs beside them."""
        pids = []
        for entry in filter(str.isdigit, os.listdir("/proc")):
            with contextlib.suppress(OSError), open(f"/proc/{entry}/stat") as file:
                if int(file.read().rsplit(")", 1)[1].split()[1]) == self.process.pid:
                    pids.append(int(entry))
        return pids

    def promote(self, patience=60):
        """Makes a standby the primary, and waits until it may be written to."""
        self._run("pg_ctl", "promote", "-D", self.data, "-w", "-t", str(patience))

    # ---- asking it
    def connect(self, database="postgres"):
        """A connection on which each statement is a transaction of its own."""
        return psycopg.connect(host=self.home, port=PORT, user="postgres", dbname=database, autocommit=True, connect_timeout=5)

    def value(self, sql, database="postgres"):
        """The first value of the first row."""
        with self.connect(database) as connection:
            row = connection.execute(sql).fetchone()
            return row[0] if row else None


def url(servers, database="paystate"):
    """The URL of a database on whichever of the servers may be written to."""
    query = {"host": ",".join(s.home for s in servers), "port": ",".join(str(PORT) for _ in servers)}
    if len(servers) > 1:
        query["target_session_attrs"] = "read-write"
    return f"postgresql://postgres@/{database}?{urllib.parse.urlencode(query, safe='/,')}"
