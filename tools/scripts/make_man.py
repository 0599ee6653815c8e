#!/usr/bin/env python3
"""Writes pages of the manual, from what tools say of themselves.

    make_man.py FOLDER TOOL...

Each tool has a page TOOL.1, and each of its subcommands a page TOOL-SUBCOMMAND.1, made of
their --help and --version.
"""
import pathlib
import re
import subprocess
import sys

OPTION = re.compile(r"  (--?[A-Za-z][\w-]*(?:=<[^>]*>| <[^>]*>)?) +- ?(.*)")
VALUE = re.compile(r"    =(\S+) +- +(.*)")
SUBCOMMAND = re.compile(r"  ([a-z]+) +- (.*)")


def ask(*command):
    return subprocess.run(list(map(str, command)), check=True, stdout=subprocess.PIPE,
                          text=True).stdout


def escape(text):
    """Text as roff has it: no sign of it starts a request or a hyphen."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return re.sub(r"^([.'])", r"\\&\1", text, flags=re.MULTILINE)


class Help:
    """The parts of a help text."""

    def __init__(self, text):
        self.overview, self.usage, self.subcommands, self.options = [], "", [], []
        self.column = 0
        for line in text.splitlines():
            self.take(line)

    def take(self, line):
        value, option, subcommand = (kind.match(line) for kind in (VALUE, OPTION, SUBCOMMAND))
        if line.startswith("USAGE: "):
            self.usage = line.removeprefix("USAGE: ")
        elif not self.usage:
            if not line.startswith("SUBCOMMAND "):
                self.overview.append(line.removeprefix("OVERVIEW: "))
        elif value:
            self.options[-1][2].append(value.groups())
        elif option:
            self.column = option.start(2)
            self.options.append((option[1], [option[2]], []))
        elif subcommand:
            self.subcommands.append(subcommand.groups())
        elif self.options and line.startswith(" " * (self.column + 2)):
            # A row of a table.
            self.options[-1][2].append(line.split(maxsplit=1))
        elif self.options and line.startswith("     "):
            self.options[-1][1].append(line.strip())


def find_summary(overview):
    """The first sentence of an overview, as the line NAME has it."""
    text = " ".join("\n".join(overview).partition("\n\n")[0].split())
    return re.sub(r"^[\w-]+: ", "", text).split(". ")[0].rstrip(".")


def make_page(name, parts, summary, version, others):
    lines = [f'.TH {name.upper()} 1 "" "{version}" "Frieze"', ".SH NAME",
             f"{name} \\- {escape(summary)}", ".SH SYNOPSIS", escape(parts.usage),
             ".SH DESCRIPTION",
             escape("\n".join(parts.overview).strip()).replace("\n\n", "\n.PP\n")]
    if parts.subcommands:
        lines.append(".SH SUBCOMMANDS")
        for subcommand, text in parts.subcommands:
            lines += [".TP", f"\\fB{subcommand}\\fR", escape(text) + ".",
                      f"See \\fB{escape(name)}\\-{subcommand}\\fR(1)."]
    lines.append(".SH OPTIONS")
    for option, texts, values in parts.options:
        lines += [".TP", f"\\fB{escape(option)}\\fR", *map(escape, filter(None, texts))]
        for value in values:
            value, text = [*map(escape, value), ""][:2]
            lines += [".br", f"\\fB{value}\\fR: {text}" if text else f"\\fB{value}\\fR"]
    lines += [".SH EXIT STATUS", "0, or 1 after messages on standard error.", ".SH SEE ALSO",
              ", ".join(f"\\fB{escape(other)}\\fR(1)" for other in others if other != name)]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def main():
    folder, *tools = map(pathlib.Path, sys.argv[1:])
    folder.mkdir(parents=True, exist_ok=True)
    names = [tool.name for tool in tools]
    for tool in tools:
        version = ask(tool, "--version").strip()
        parts = Help(ask(tool, "--help"))
        pages = {tool.name: (parts, find_summary(parts.overview))}
        for subcommand, text in parts.subcommands:
            pages[f"{tool.name}-{subcommand}"] = (Help(ask(tool, subcommand, "--help")), text)
        for name, (own, summary) in pages.items():
            if not own.usage or not own.options:
                sys.exit(f"{tool}: error: expects USAGE and OPTIONS in what --help prints")
            (folder / f"{name}.1").write_text(
                make_page(name, own, summary, version, dict.fromkeys([*names, *pages])))


main()
