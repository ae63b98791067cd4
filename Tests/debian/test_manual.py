#!/usr/bin/env python3
"""Tests of systemd/debian/manual.py, which writes paystate(1). Needs no build: it describes a program of its own."""
import importlib.util
import pathlib
import re
import sys
import unittest

sys.dont_write_bytecode = True  # A cache would lie beside the script that is tested.
ROOT = pathlib.Path(__file__).parents[2]
specification = importlib.util.spec_from_file_location("manual", ROOT / "systemd/debian/manual.py")
manual = importlib.util.module_from_spec(specification)
specification.loader.exec_module(manual)
TAIL = (ROOT / "systemd/debian/paystate.1.tail").read_text(encoding="utf-8")


def argument(kind, name, abstract, **more):
    return {"kind": kind, "valueName": name, "abstract": abstract, "names": [{"kind": "long", "name": name}], **more}


HELP = {
    "command": {
        "commandName": "paystate",
        "abstract": "Know the state of every payment.",
        "discussion": "It records callbacks.\n\nExit codes are these:\n\n  0  done",
        "arguments": [],
        "subcommands": [
            {
                "commandName": "poll",
                "abstract": "Poll the gateway.",
                "discussion": "Run `paystate watch` first, or give --no-wait.\n\n  paystate poll A | jq '.[]'\n  paystate poll B",
                "arguments": [
                    argument("positional", "account> <id", "The account and the id."),
                    argument("flag", "wait", "Wait for the answer.", defaultValue="--wait"),
                    argument("flag", "no-wait", "Wait for the answer."),
                    argument("flag", "no-colour", "Print no colours."),
                    argument("option", "limit", "How many.", defaultValue="50"),
                    argument("option", "seed", "The seed (default: a new one each time)."),
                    argument("option", "state", "Only these (default: any).", allValues=["paid", "failed"]),
                    argument("option", "lose", "The share.", defaultValue="0.0", sectionTitle="Misbehaviour"),
                    argument("flag", "help", "Show help information."),
                ],
            }
        ],
    }
}


class ManualTests(unittest.TestCase):
    def setUp(self):
        self.page = manual.manual(HELP, "2026-01-02", "1.2", TAIL, lambda path: ["paystate poll [ACCOUNT] ID [--no-wait]"])

    def test_the_name_is_one_that_whatis_finds(self):
        self.assertIn("\n.SH NAME\npaystate \\- know the state of every payment\n", self.page)

    def test_examples_are_kept_as_they_are(self):
        example = ".EX\npaystate poll A | jq \\(aq.[]\\(aq\npaystate poll B\n.EE"
        self.assertIn(example, self.page)

    def test_text_is_neither_justified_nor_hyphenated(self):
        for request in [".nh", ".ad l", ".nr HY 0", ".ds AD l"]:
            self.assertIn(f"\n{request}\n", self.page)

    def test_a_flag_and_its_negation_are_one_item(self):
        label = "\n.TP\n\\fB\\-\\-wait\\fR, \\fB\\-\\-no\\-wait\\fR\nWait for the answer (default: \\fB\\-\\-wait\\fR).\n"
        self.assertIn(label, self.page)
        self.assertEqual(self.page.count("Wait for the answer"), 1)
        self.assertIn("\n\\fB\\-\\-no\\-colour\\fR\nPrint no colours.\n", self.page)

    def test_defaults_are_named_once(self):
        self.assertIn("How many (default: 50).", self.page)
        self.assertIn("The seed (default: a new one each time).", self.page)
        self.assertIn("Only these (default: any) (values: paid, failed).", self.page)
        self.assertIn(".PP\nMisbehaviour:\n.TP\n\\fB\\-\\-lose\\fR \\fIlose\\fR\nThe share (default: 0).\n", self.page)

    def test_exit_codes_are_listed_once(self):
        self.assertNotIn("Exit codes", self.page)
        self.assertEqual(self.page.count("EXIT STATUS"), 1)

    def test_the_synopsis_keeps_options_together(self):
        self.assertIn('.SY "paystate poll"\n[\\fIACCOUNT\\fR]\n\\fIID\\fR\n[\\fB\\-\\-no\\-wait\\fR]\n.YS', self.page)

    def test_every_exit_code_of_the_program_is_explained(self):
        sources = (ROOT / "Sources/paystate").rglob("*.swift")
        codes = {code for file in sources for code in re.findall(r"ExitCode\((\d+)\)", file.read_text(encoding="utf-8"))}
        self.assertGreaterEqual(codes, {"2", "64", "78", "130"})
        documented = set(re.findall(r"\n\.B (\d+)\n", TAIL))
        self.assertEqual(codes | {"0", "1"}, documented)

    def test_the_sections_that_are_not_generated_are_there(self):
        sections = re.findall(r"(?m)^\.SH (.*)$", self.page)
        generated = ["NAME", "SYNOPSIS", "DESCRIPTION", "COMMANDS"]
        self.assertEqual(sections, [*generated, "EXIT STATUS", "ENVIRONMENT", "FILES", "SEE ALSO"])


if __name__ == "__main__":
    unittest.main()
