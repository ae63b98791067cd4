"""Watch at creation, and "is it paid": by the API and by the file, in each language."""

import json
import socket
import sqlite3
import threading
import unittest
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import example


class AdminTest(example.Case, unittest.TestCase):
    def test_a_payment_is_watched_and_its_order_becomes_paid(self):
        daemon = self.daemon()
        admins = {"socket": self.socket, "loopback": f"http://127.0.0.1:{daemon.admin}"}
        database = daemon.configuration["database"]
        ways = [(language, script, {"PAYSTATE_ADMIN": admin}, ["is-paid"]) for language, script in example.API.items()
                for admin in admins.values()]
        ways += [(language, script, {"PAYSTATE_DATABASE": database}, []) for language, script in example.FILE.items()]
        payments = []
        for language, script in example.API.items():
            for name, admin in admins.items():
                with self.subTest(language, by=name):
                    payment = f"{language}-{name}"
                    arguments = ["watch", "eu-shop", payment, 5200, "EUR"]
                    for created in [True, False]:
                        code, output, errors = example.run(language, script, *arguments, PAYSTATE_ADMIN=admin)
                        self.assertEqual((code, errors), (0, ""), errors)
                        self.assertEqual(json.loads(output)["created"], created)
                    payments.append(payment)
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as ledger:
            known = ledger.execute(
                "SELECT payment_id, expected_amount_minor, expected_currency FROM payments ORDER BY payment_id").fetchall()
        self.assertEqual(known, sorted((payment, 5200, "EUR") for payment in payments))
        for said in ["not paid", "paid"]:
            for language, script, environment, command in ways:
                for order in payments[:2] + (["ORDER-0 & ?"] if said == "not paid" else []):
                    with self.subTest(language, script=script, order=order, environment=environment):
                        code, output, errors = example.run(language, script, *command, "eu-shop", order, **environment)
                        self.assertEqual((code, output, errors), (1 if said == "not paid" else 0, said + "\n", ""))
            for payment in payments:
                self.assertEqual(example.pay(daemon, payment, 5200), 200)
        with self.subTest("less than was expected is not paid"):
            arguments = ["watch", "eu-shop", "LESS", 5200, "EUR"]
            self.assertEqual(example.run("python", example.API["python"], *arguments, PAYSTATE_ADMIN=self.socket)[0], 0)
            self.assertEqual(example.pay(daemon, "LESS", 52), 200)
            for language, script, environment, command in ways:
                self.assertEqual(example.run(language, script, *command, "eu-shop", "LESS", **environment)[0], 1, language)
        self.assertEqual(daemon.stop(), 0)
        for language, script, environment, command in ways:
            with self.subTest("the daemon is stopped", language=language, script=script):
                code, output, errors = example.run(language, script, *command, "eu-shop", payments[0], **environment)
                if command:
                    self.assertEqual((code, output), (2, ""))
                    self.assertIn("no answer at ", errors)
                else:
                    self.assertEqual((code, output, errors), (0, "paid\n", ""))

    def test_what_cannot_be_known_is_no_answer(self):
        daemon = self.daemon()
        for language, script in example.API.items():
            with self.subTest(language, case="an account that does not exist"):
                code, output, errors = example.run(language, script, "watch", "eu-shpo", "X", 1, "EUR", PAYSTATE_ADMIN=self.socket)
                self.assertEqual((code, output), (2, ""))
                self.assertIn("there is no account `eu-shpo`", errors)
            with self.subTest(language, case="wrong usage"):
                self.assertEqual(example.run(language, script, "watch", "eu-shop", PAYSTATE_ADMIN=self.socket)[0], 64)
        self.assertEqual(daemon.stop(), 0)
        for language, script in example.FILE.items():
            with self.subTest(language, case="no file"):
                code, output, errors = example.run(language, script, "eu-shop", "X", PAYSTATE_DATABASE=self.folder / "none.db")
                self.assertEqual((code, output), (2, ""))
                self.assertIn("unable to open database file", errors)
        self.assertFalse((self.folder / "none.db").exists())

    def test_an_answer_that_is_none_is_not_taken_for_not_paid(self):
        for name, status, body in [("a login page", 200, b"<html>"), ("another program", 200, b'{"hello": 1}'),
                                   ("nothing readable", 503, b'{"error": "try again"}'), ("a list", 200, b"[]")]:
            class Handler(BaseHTTPRequestHandler):
                def do_GET(self, status=status, body=body):
                    self.send_response(status)
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)

                def log_message(self, *_):
                    pass

            server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
            threading.Thread(target=server.serve_forever, daemon=True).start()
            try:
                self.assert_unknown(name, f"http://127.0.0.1:{server.server_port}")
            finally:
                server.shutdown()
                server.server_close()

    def test_a_daemon_that_is_stuck_is_given_up(self):
        with socket.socket(socket.AF_UNIX) as listener:
            path = str(self.folder / "stuck.sock")
            listener.bind(path)
            listener.listen()
            self.assert_unknown("stuck", path)

    def test_an_address_without_http_is_not_taken_for_a_socket(self):
        for admin in ["127.0.0.1:8081", "localhost:8081", "[::1]:8081", "https://127.0.0.1:8081"]:
            for language, script in example.API.items():
                with self.subTest(language, admin=admin):
                    code, output, errors = example.run(language, script, "is-paid", "eu-shop", "ORDER-17", PAYSTATE_ADMIN=admin)
                    self.assertEqual((code, output), (2, ""))
                    said = f"PAYSTATE_ADMIN must begin with http://, or with / for a socket; it is {admin}\n"
                    self.assertEqual(errors, said)

    def assert_unknown(self, name, admin):
        for language, script in example.API.items():
            with self.subTest(language, case=name):
                code, output, errors = example.run(language, script, "is-paid", "eu-shop", "ORDER-17", PAYSTATE_ADMIN=admin)
                self.assertEqual((code, output), (2, ""))
                self.assertNotIn("Traceback", errors)
                self.assertEqual(len(errors.splitlines()), 1, errors)


if __name__ == "__main__":
    unittest.main()
