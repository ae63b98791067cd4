"""A gateway's status endpoints, as far as receivers ask them: they answer what they are told to, and note who asked when."""

import contextlib
import json
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class QuietServer(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], OSError):  # that a receiver dies in the middle of a request is what is tested
            super().handle_error(request, client_address)


class Gateway:
    """One endpoint for each receiver, so that it is seen who of them asks."""

    def __init__(self, receivers, answer):
        """answer: the bytes of the answer about a payment by project and id (ecommpay), or by None and the path of the request
        (eComCharge); None where it is not known."""
        self.asked = []  # (when, receiver, project, payment)
        self.lock = threading.Lock()
        self.servers = [self._listen(index, answer) for index in range(receivers)]
        self.urls = [f"http://127.0.0.1:{server.server_port}" for server in self.servers]

    def _listen(self, index, answer):
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def log_message(self, *_):
                pass

            def do_POST(self):
                text = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                if not text:
                    return  # The receiver was killed while it asked.
                body = json.loads(text)
                asked = body.get("general") or body
                self.tell(asked.get("project_id"), asked.get("payment_id"))

            def do_GET(self):
                self.tell(None, self.path)

            def tell(self, project, payment):
                with gateway.lock:
                    gateway.asked.append((time.time(), index, project, payment))
                data = answer(project, payment)
                with contextlib.suppress(OSError):
                    self.send_response(200 if data else 404)
                    self.send_header("Content-Type", "application/json")
                    self.send_header("Content-Length", str(len(data or b"{}")))
                    self.end_headers()
                    self.wfile.write(data or b"{}")

        server = QuietServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server

    def polls(self, project, since=0.0):
        """When a project's payments were asked about, and by which receiver."""
        with self.lock:
            return [(at, receiver) for at, receiver, asked, _ in self.asked if asked == project and at >= since]

    def close(self):
        for server in self.servers:
            server.shutdown()
            server.server_close()


def excess(times, rate):
    """By how many polls the busiest stretch of time, of whatever length, exceeds the rate."""
    most = least = 0.0
    for count, at in enumerate(sorted(times)):
        ahead = count - rate * at
        least = ahead if count == 0 else min(least, ahead)
        most = max(most, ahead + 1 - least)
    return most
