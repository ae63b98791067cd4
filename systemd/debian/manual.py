#!/usr/bin/env python3
"""Writes paystate(1) from what the program says of itself, and from paystate.1.tail:

    manual.py PAYSTATE DATE TAIL      DATE is YYYY-MM-DD

The commands and their options come from `paystate --experimental-dump-help`, the usage lines from `paystate help COMMAND`. Text is
neither justified nor hyphenated, and examples (the indented lines of a discussion) are kept as they are, so that they can be
copied. Needs nothing but Python's own library.
"""
import json
import re
import subprocess
import sys


def escaped(text):
    """Text as roff shows it: a hyphen is the ASCII one, which can be copied and searched for."""
    for character, escape in [("\\", "\\e"), ("-", "\\-"), ("'", "\\(aq"), ("`", "\\(ga"), ("^", "\\(ha"), ("~", "\\(ti"),
                              ("…", "...")]:
        text = text.replace(character, escape)
    return "\\&" + text if text.startswith(".") else text


def prose(text):
    """A paragraph: what stands between backticks is bold, and so is each option."""
    parts = re.split(r"`([^`]+)`", text)
    for index, part in enumerate(parts):
        if index % 2:
            parts[index] = f"\\fB{escaped(part)}\\fR"
        else:
            parts[index] = re.sub(r"(?<![\w\\-])(\\-\\-[a-z](?:[a-z]|\\-(?=[a-z]))*)", r"\\fB\1\\fR", escaped(part))
    joined = "".join(parts)
    return "\\&" + joined if joined.startswith(".") else joined


def discussion(text):
    """The paragraphs and examples of a discussion."""
    lines = []
    for block in re.split(r"\n{2,}", text.strip("\n")):
        rows = block.split("\n")
        if all(row.startswith("  ") for row in rows):
            lines += [".PP", ".RS 2", ".EX", *[escaped(row[2:]) for row in rows], ".EE", ".RE"]
        else:
            lines += [".PP", prose(" ".join(rows))]
    return lines


def usage(command, text):
    """A usage line: an option and its value are not parted by the end of a line."""
    words = text.removeprefix(command).strip()
    groups = re.findall(r"\[[^\]]*\]|<[^>]*>|--?\S+ [A-Z][A-Z.a-z]*(?![\w-])|\S+", words)
    shown = [re.sub(r"<([^>]+)>", r"\\fI\1\\fR", escaped(group)) for group in groups]
    shown = [re.sub(r"(?<!\w)((?:\\-){1,2}[a-z](?:[a-z]|\\-(?=[a-z]))*)", r"\\fB\1\\fR", group) for group in shown]
    shown = [re.sub(r"\b([A-Z]{2,}(?:\.csv)?)\b", r"\\fI\1\\fR", group).replace(" ", "\\ ") for group in shown]
    return [f".SY \"{escaped(command)}\"", *shown, ".YS"]


def name(argument):
    """The spelling of an option's names and its value: `-c, --config config`."""
    value = f" \\fI{escaped(argument['valueName'])}\\fR" if argument["kind"] == "option" else ""
    names = sorted(argument["names"], key=lambda name: name["kind"] != "short")
    spelled = [("-" if name["kind"] == "short" else "--") + name["name"] for name in names]
    return ", ".join(f"\\fB{escaped(spelling)}\\fR" for spelling in spelled) + value


def options(arguments):
    """Each argument with its help and default. A flag and its negation are one item."""
    lines = []
    shown = [argument for argument in arguments if argument.get("shouldDisplay", True)]
    negated = {argument["valueName"] for argument in shown if argument["kind"] == "flag"}
    title = None
    for argument in shown:
        if argument.get("sectionTitle") != title:
            title = argument.get("sectionTitle")
            lines += [".PP", escaped(title or "Further options") + ":"]
        value = argument["valueName"]
        if value in ("version", "help") or value.removeprefix("no-") != value and value.removeprefix("no-") in negated:
            continue
        help = argument.get("abstract", "")
        default = argument.get("defaultValue")
        facts = [f"values: {', '.join(argument['allValues'])}"] if argument.get("allValues") else []
        if default is not None and "(default" not in help:
            facts.append(f"default: {default.removesuffix('.0')}")
        if facts:
            help = f"{help.rstrip('.')} ({'; '.join(facts)})."
        if argument["kind"] == "positional":
            label = " ".join(f"\\fI{escaped(part)}\\fR" for part in value.split("> <"))
        elif f"no-{value}" in {other["valueName"] for other in shown}:
            label = f"{name(argument)}, \\fB\\-\\-no\\-{escaped(value)}\\fR"
        else:
            label = name(argument)
        lines += [".TP", label, prose(help)]
    return lines


def sections(command, path, usage_of):
    """The subsection of a command, and those of its own commands."""
    lines = [f".SS {escaped(path)}", prose(command["abstract"])]
    for line in usage_of(path):
        lines += usage(f"paystate {path}", line)
    if "discussion" in command:
        lines += discussion(command["discussion"])
    lines += options(command["arguments"])
    for child in command.get("subcommands", []):
        lines += sections(child, f"{path} {child['commandName']}", usage_of)
    return lines


def manual(help, date, version, tail, usage_of):
    command = help["command"]
    abstract = command["abstract"].rstrip(".")
    lines = [
        f".TH PAYSTATE 1 {date} \"paystate {version}\" \"User Commands\"",
        *[".nr HY 0", ".nh", ".ds AD l", ".ad l"],  # groff's macros set what the registers say again and again.
        ".SH NAME",
        f"paystate \\- {abstract[0].lower()}{abstract[1:]}",
        ".SH SYNOPSIS",
        ".SY paystate",
        "\\fIcommand\\fR",
        "[\\fIoptions\\fR]",
        ".YS",
        ".SY paystate",
        "\\fB\\-\\-help\\fR",
        "|",
        "\\fB\\-\\-version\\fR",
        ".YS",
        ".SH DESCRIPTION",
        *discussion(command["discussion"].partition("\n\nExit codes ")[0])[1:],
        ".SH COMMANDS",
        "Each command also has",
        "\\fB\\-h\\fR, \\fB\\-\\-help\\fR,",
        "which shows its help, and",
        "\\fB\\-\\-version\\fR.",
    ]
    for child in command["subcommands"]:
        if child["commandName"] != "help":
            lines += sections(child, child["commandName"], usage_of)
    return "\n".join(lines) + "\n" + tail


def main():
    program, date, tail = sys.argv[1:]

    def said(*arguments):
        return subprocess.run([program, *arguments], check=True, capture_output=True, text=True).stdout

    def usage_of(path):
        lines = said("help", *path.split()).partition("USAGE: ")[2].partition("\n\n")[0]
        return [line.strip() for line in lines.split("\n")]

    with open(tail, encoding="utf-8") as file:
        rest = file.read()
    help = json.loads(said("--experimental-dump-help"))
    sys.stdout.write(manual(help, date, said("--version").strip(), rest, usage_of))


if __name__ == "__main__":
    main()
