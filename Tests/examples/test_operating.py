"""The consumer as a unit, mail and Alertmanager: what systemd and amtool say of them, and what the mail contains."""

import os
import re
import shutil
import stat
import subprocess
import unittest

import example

SYSTEMD = example.ROOT / "systemd"
CONSUMER = SYSTEMD / "reading" / "paystate-consumer.service"
MAIL = example.EXAMPLES / "mail"
ALERTMANAGER = example.EXAMPLES / "alertmanager" / "alertmanager.yml"


def run(*command, **options):
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=60, **options)


@unittest.skipUnless(shutil.which("systemd-analyze"), "systemd-analyze is missing: the units are not checked")
class UnitsTest(example.Case, unittest.TestCase):
    def test_systemd_understands_the_units(self):
        shutil.copy(SYSTEMD / "paystate.service", self.folder)
        for unit in [CONSUMER, *MAIL.glob("*.service"), *MAIL.glob("*.timer")]:
            shutil.copy(unit, self.folder)
        drop_in = self.folder / "paystate.service.d"
        drop_in.mkdir()
        shutil.copy(MAIL / "on-failure.conf", drop_in)
        for unit in self.folder.glob("*.service"):
            # The programs are not installed here.
            unit.write_text(re.sub(r"/usr/(local/)?s?bin/paystate\S*", "/bin/true", unit.read_text()))
        (self.folder / "paystate-mail@.service").rename(self.folder / "paystate-mail@paystate.service.service")
        units = sorted(self.folder.glob("*.service")) + sorted(self.folder.glob("*.timer"))
        self.assertEqual(len(units), 5)
        said = run("systemd-analyze", "verify", "--man=no", *units)
        self.assertEqual((said.returncode, said.stderr), (0, ""))

    def test_the_consumer_is_shut_in(self):
        said = run("systemd-analyze", "security", "--offline=true", "--threshold=12", "--no-pager", CONSUMER)
        self.assertEqual(said.returncode, 0, said.stdout[-500:])

    def test_the_consumer_is_started_with_what_it_takes(self):
        text = CONSUMER.read_text()
        script = SYSTEMD / "reading" / "consumer.py"
        self.assertTrue(script.stat().st_mode & stat.S_IXUSR)
        command = re.search(r"^ExecStart=(.*)$", text, re.M)[1].split()
        place = self.folder / "place"
        usage = run(script, *command[1:], "one argument too many")
        self.assertIn("usage: consumer.py DATABASE", usage.stderr)
        self.assertEqual(len(command), 3)
        # What is kept lies in the folder that the unit may write to.
        folder = re.search(r"^StateDirectory=(.*)$", text, re.M)[1]
        self.assertEqual(os.path.dirname(command[2]), f"/var/lib/{folder}")
        self.assertFalse(place.exists())


class MailTest(example.Case, unittest.TestCase):
    def setUp(self):
        super().setUp()
        self.sendmail = self.program("sendmail", f'printf "%s\\n" "$*" >{self.folder}/arguments; cat >{self.folder}/mail')
        self.environment = {**os.environ, "PATH": f"{self.folder}:{os.environ['PATH']}", "SENDMAIL": str(self.sendmail),
                            "MAIL_TO": "shop@example.com"}

    def program(self, name, script):
        path = self.folder / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        return path

    def test_the_mail_says_which_unit_and_what_it_said(self):
        self.program("systemctl", 'echo "status of $*"; exit 3')
        self.program("journalctl", 'echo "warning  silence  eu-shop: Grüße $*"')
        end = run(MAIL / "paystate-mail", "paystate-check.service", env=self.environment)
        self.assertEqual((end.returncode, end.stderr), (0, ""))
        self.assertEqual((self.folder / "arguments").read_text(), "-i -- shop@example.com\n")
        head, _, body = (self.folder / "mail").read_text().partition("\n\n")
        self.assertIn("To: shop@example.com\nSubject: paystate-check.service on ", head)
        self.assertIn("charset=utf-8", head)
        self.assertIn("--lines=0 -- paystate-check.service\n", body)
        self.assertIn("warning  silence  eu-shop: Grüße ", body)
        self.assertIn("--unit=paystate-check.service\n", body)

    def test_what_can_be_said_is_mailed_though_the_journal_cannot_be_read(self):
        self.program("systemctl", "exit 1")
        self.program("journalctl", 'echo "no journal" >&2; exit 1')
        self.assertEqual(run(MAIL / "paystate-mail", "paystate.service", env=self.environment).returncode, 0)
        self.assertIn("no journal", (self.folder / "mail").read_text())

    def test_a_mail_that_is_not_taken_is_a_failure(self):
        self.program("sendmail", "cat >/dev/null; exit 75")
        self.assertEqual(run(MAIL / "paystate-mail", "paystate.service", env=self.environment).returncode, 75)


@unittest.skipUnless(shutil.which("amtool"), "amtool is missing: Alertmanager's configuration is not checked")
class AlertmanagerTest(unittest.TestCase):
    def test_alertmanager_understands_it(self):
        said = run("amtool", "check-config", ALERTMANAGER)
        self.assertEqual(said.returncode, 0, said.stdout + said.stderr)

    def test_each_alert_goes_where_its_severity_belongs(self):
        rules = (SYSTEMD / "monitoring" / "paystate.rules.yml").read_text()
        alerts = re.findall(r"- alert: (\w+)\n.*?severity: (\w+)", rules, re.S)
        self.assertEqual(len(alerts), rules.count("- alert:"))
        receivers = {"critical": "on-call", "warning": "mail"}
        self.assertEqual({severity for _, severity in alerts}, set(receivers))
        for name, severity in [*alerts, ("PaystateUnheardOf", "none")]:
            said = run("amtool", "config", "routes", "test", f"--config.file={ALERTMANAGER}", f"alertname={name}",
                       f"severity={severity}")
            self.assertEqual((said.returncode, said.stdout.strip()), (0, receivers.get(severity, "mail")), name)

    def test_an_inhibition_names_alerts_that_exist(self):
        rules = (SYSTEMD / "monitoring" / "paystate.rules.yml").read_text()
        names = set(re.findall(r'alertname="(\w+)"', ALERTMANAGER.read_text()))
        self.assertGreater(len(names), 3)
        self.assertEqual(names - set(re.findall(r"- alert: (\w+)", rules)), set())


if __name__ == "__main__":
    unittest.main()
