"""What receives a `notify` event proves it: a genuine one acts once, an altered or old one is refused."""

import base64
import os
import threading
import time
import unittest
from concurrent.futures import ThreadPoolExecutor

import example
from example import event, headers, signature

SECRET = "whsec_" + base64.b64encode(os.urandom(32)).decode()
OTHER = "whsec_" + base64.b64encode(os.urandom(32)).decode()
PUBLISHED = {  # of Standard Webhooks: secret, id, timestamp, body, signature
    "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "id": "msg_p5jXN8AQM9LWM0D4loKWxJek", "timestamp": "1614265330",
    "body": b'{"test": 2432232314}', "signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
}


class EventsTest(example.Case, unittest.TestCase):
    def receiver(self, language):
        folder = self.folder / language
        folder.mkdir()
        receiver = example.EventReceiver(language, folder, SECRET)
        self.at_end(receiver.kill)
        receiver.start()
        return receiver

    def test_this_test_signs_as_standard_webhooks_does(self):
        self.assertEqual(signature(*[PUBLISHED[name] for name in ("secret", "id", "timestamp", "body")]), PUBLISHED["signature"])

    def test_a_genuine_event_acts_once(self):
        for language in example.RECEIVERS:
            with self.subTest(language):
                receiver, body = self.receiver(language), event()
                genuine = headers(SECRET, "paystate-7", body)
                self.assertEqual(receiver.post(body, genuine), 204)
                done = ["7 payment.succeeded ORDER-17 paid"]
                self.assertTrue(example.eventually(lambda: receiver.deeds() == done), receiver.text())
                self.assertEqual(receiver.post(body, genuine), 204)
                # As after a crash of Paystate: the same id, sent and signed at another time.
                self.assertEqual(receiver.post(body, headers(SECRET, "paystate-7", body, age=60)), 204)
                receiver.kill()
                receiver.start()
                self.assertEqual(receiver.post(body, genuine), 204)
                other = event(8, "ORDER-18")
                self.assertEqual(receiver.post(other, headers(SECRET, "paystate-8", other)), 204)
                self.assertTrue(example.eventually(lambda: len(receiver.deeds()) > 1))
                self.assertEqual([deed.split()[2] for deed in receiver.deeds()], ["ORDER-17", "ORDER-18"])

    def test_one_of_several_signatures_suffices(self):
        for language in example.RECEIVERS:
            with self.subTest(language):
                receiver, body = self.receiver(language), event()
                one = headers(SECRET, "paystate-7", body)
                other = headers(OTHER, "paystate-7", body)["webhook-signature"]
                several = f"v1a,AAAA {other} {one['webhook-signature']} v1,"
                self.assertEqual(receiver.post(body, {**one, "webhook-signature": several}), 204)

    def test_what_paystate_did_not_sign_is_refused_and_does_nothing(self):
        body = event()
        genuine = headers(SECRET, "paystate-7", body)
        code = genuine["webhook-signature"]
        forged = {
            "an altered body": (body.replace(b'"paid": true', b'"paid": false'), genuine),
            "a body with a blank more": (body + b" ", genuine),
            "another id": (body, {**genuine, "webhook-id": "paystate-8"}),
            "another time": (body, {**genuine, "webhook-timestamp": str(int(genuine["webhook-timestamp"]) + 1)}),
            "another secret": (body, headers(OTHER, "paystate-7", body)),
            "an old one": (body, headers(SECRET, "paystate-7", body, age=301)),
            "one of tomorrow": (body, headers(SECRET, "paystate-7", body, age=-310)),
            "a signature of another version": (body, {**genuine, "webhook-signature": code.replace("v1,", "v2,")}),
            "an empty signature": (body, {**genuine, "webhook-signature": "v1,"}),
            "a signature without its version": (body, {**genuine, "webhook-signature": code[3:]}),
            "a cut signature": (body, {**genuine, "webhook-signature": code[:-4]}),
            "a time that is none": (body, {**genuine, "webhook-timestamp": "now"}),
            "an endless time": (body, {**genuine, "webhook-timestamp": "9" * 400}),
            "no headers": (body, {}),
            **{f"no {name}": (body, {key: value for key, value in genuine.items() if key != name}) for name in genuine},
        }
        for language in example.RECEIVERS:
            receiver = self.receiver(language)
            for name, (bytes, sent) in forged.items():
                with self.subTest(language, forged=name):
                    self.assertEqual(receiver.post(bytes, sent), 401, receiver.text())
            with self.subTest(language, forged="a long one"):
                long = body + b" " * 70_000
                self.assertEqual(receiver.post(long, headers(SECRET, "paystate-7", long)), 413)
            with self.subTest(language, forged="nothing happened, and what is genuine is still taken"):
                self.assertEqual(receiver.deeds(), [])
                self.assertEqual(receiver.post(body, genuine), 204)
                self.assertTrue(example.eventually(lambda: len(receiver.deeds()) == 1))

    def test_what_fails_is_not_done_and_comes_again(self):
        for language in example.RECEIVERS:
            with self.subTest(language):
                receiver, broken = self.receiver(language), b"[1, 2"
                for _ in range(2):
                    self.assertEqual(receiver.post(broken, headers(SECRET, "paystate-7", broken)), 500)
                body = event()
                self.assertEqual(receiver.post(body, headers(SECRET, "paystate-7", body)), 204)
                self.assertTrue(example.eventually(lambda: len(receiver.deeds()) == 1), receiver.text())

    def test_the_same_event_at_the_same_time_acts_once(self):
        for language in example.RECEIVERS:
            with self.subTest(language):
                receiver, body = self.receiver(language), event()
                genuine, together = headers(SECRET, "paystate-7", body), threading.Barrier(8)

                def send(_):
                    together.wait(10)
                    return receiver.post(body, genuine)

                with ThreadPoolExecutor(8) as pool:
                    self.assertEqual(list(pool.map(send, range(8))), [204] * 8)
                self.assertEqual(len(receiver.deeds()), 1, receiver.text())

    def test_without_a_key_nothing_is_taken(self):
        for language in example.RECEIVERS:
            with self.subTest(language):
                folder = self.folder / language
                folder.mkdir()
                receiver = example.EventReceiver(language, folder, "whsec_")
                self.at_end(receiver.kill)
                body = event()
                if language == "php":
                    receiver.start()
                    self.assertEqual(receiver.post(body, headers("whsec_", "paystate-7", body)), 500)
                else:
                    with self.assertRaisesRegex(AssertionError, "PAYSTATE_NOTIFY_SECRET is missing"):
                        receiver.start()

    def test_the_daemons_own_events_are_taken_once_and_in_order(self):
        receivers = {language: self.receiver(language) for language in example.RECEIVERS}
        targets = [{"to": f"http://127.0.0.1:{receiver.port}/", "name": language, "secret": {"value": SECRET}, "from": 0}
                   for language, receiver in receivers.items()]
        daemon = self.daemon(notify=targets)
        for number in range(5):
            self.assertEqual(example.pay(daemon, f"ORDER-{number}", 5200), 200)
        daemon.kill()
        for receiver in receivers.values():
            receiver.kill()
        daemon.start()
        for number in range(5, 10):
            self.assertEqual(example.pay(daemon, f"ORDER-{number}", 5200), 200)
        time.sleep(0.5)
        for receiver in receivers.values():
            receiver.start()
        wanted = [f"ORDER-{number} paid" for number in range(10)]

        def told(receiver):
            # Operations are no events, so that seqs are not one after the other. What a receiver was killed over, between the
            # deed and its record, it does again: once.
            deeds = [deed.partition("payment.succeeded ")[2] for deed in receiver.deeds()]
            repeated = [deed for before, deed in zip(deeds, deeds[1:]) if before == deed]
            self.assertLessEqual(len(repeated), 1, deeds)
            return [deed for before, deed in zip([None, *deeds], deeds) if before != deed]

        example.eventually(lambda: all(told(receiver) == wanted for receiver in receivers.values()), 60)
        for language, receiver in receivers.items():
            with self.subTest(language):
                self.assertEqual(told(receiver), wanted, receiver.text()[-2000:] + daemon.tail())
                self.assertNotIn("refused", receiver.text())


if __name__ == "__main__":
    unittest.main()
