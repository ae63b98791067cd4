#!/usr/bin/env python3
"""A shop's own handler of callbacks, and its receiver of events, that misbehaves by shares and notes each request in a file.

    handler.py --port N --log FILE [--fail SHARE] [--hang SHARE] [--hang-seconds N] [--fail-events SHARE] [--seed N]

A line is written, whole, before the answer is: what was answered 2xx is in the file, even if this is killed.
"""

import argparse
import hashlib
import json
import os
import random
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

EVENTS = "/events"  # where events go; anything else takes callbacks


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def __init__(self, options):
        super().__init__(("127.0.0.1", options.port), Handler)
        self.options, self.random, self.lock = options, random.Random(options.seed), threading.Lock()
        self.log = os.open(options.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)

    def outcome(self, is_event):
        with self.lock:
            draw = self.random.random()
        fail, hang = (self.options.fail_events, 0) if is_event else (self.options.fail, self.options.hang)
        return "fail" if draw < fail else "hang" if draw < fail + hang else "ok"

    def note(self, **line):
        os.write(self.log, (json.dumps(line) + "\n").encode())

    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], OSError):  # that the daemon dies in the middle of a request is what is tested
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def do_POST(self):
        size = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(size)
        if len(body) < size:
            return  # The daemon was killed while it sent this.
        is_event = self.path.startswith(EVENTS)
        outcome = self.server.outcome(is_event)
        self.server.note(at=time.time(), outcome=outcome, path=self.path, digest=hashlib.sha256(body).hexdigest(),
                         headers={name.lower(): value for name, value in self.headers.items()},
                         body=body.decode() if is_event else None)
        if outcome == "hang":
            time.sleep(self.server.options.hang_seconds)
            self.close_connection = True
            return
        self.send_response(500 if outcome == "fail" else 200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"no" if outcome == "fail" else b"OK")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--log", required=True)
    parser.add_argument("--fail", type=float, default=0, help="the share of callbacks that is answered 500")
    parser.add_argument("--hang", type=float, default=0, help="the share of callbacks that is not answered at all")
    parser.add_argument("--hang-seconds", type=float, default=3)
    parser.add_argument("--fail-events", type=float, default=0, help="the share of events that is answered 500")
    parser.add_argument("--seed", type=int, default=0)
    Server(parser.parse_args()).serve_forever()


if __name__ == "__main__":
    main()
