# SPDX-License-Identifier: Apache-2.0
"""Counts the public names of include/irc that have a comment, from Doxygen's XML.    api.py XML_FOLDER [WARNINGS] [--fields]

A public name is a class, structure, enumeration, type alias, function, method or macro. Destructors, defaulted and deleted
functions and overrides (the base has the comment) need none. Data members and values of an enumeration are counted apart: a
good name with its unit, in a commented structure, may say it all; --fields demands a comment of them too. Messages that
Doxygen wrote to the file WARNINGS count as problems, except those about missing comments."""
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

MEMBER_KINDS = {"function", "typedef", "enum", "define", "variable", "property"}
FIELD_KINDS = {"variable", "property"}
OPERATORS = ("operator==", "operator!=", "operator<=>", "operator=")


def has_text(element):
    return any("".join(element.find(tag).itertext()).strip() for tag in ("briefdescription", "detaileddescription")
               if element.find(tag) is not None)


def place(element):
    location = element.find("location")
    if location is None:
        return ""
    return f"{location.get('declfile') or location.get('file')}:{location.get('declline') or location.get('line')}"


def needs_comment(member):
    """Whether the member is one of those that speak for themselves."""
    name = member.findtext("name", "")
    arguments = member.findtext("argsstring", "")
    if member.get("kind") not in MEMBER_KINDS or member.get("prot") != "public" or not name or name.startswith("@"):
        return False
    if member.get("kind") != "function":
        return True
    is_own = not arguments.endswith(("=default", "=delete")) and "override" not in arguments
    return is_own and not name.startswith("~") and not name.startswith(OPERATORS) and member.find("reimplements") is None


class Count:
    """How many names there are, and the undocumented ones."""

    def __init__(self):
        self.total = 0
        self.missing = []

    def add(self, name, where, documented):
        self.total += 1
        if not documented:
            self.missing.append(f"{where}: {name} has no comment")

    def line(self, what):
        return f"{self.total - len(self.missing)} of {self.total} {what}"


def hidden(name):
    """Whether a compound is not part of the interface: an anonymous or detail namespace, a nested private one."""
    return any(part.startswith("@") or part == "detail" for part in name.split("::"))


def counted(folder):
    """(names, fields) of all compounds in the folder."""
    names = Count()
    fields = Count()
    seen = set()
    for path in sorted(Path(folder).glob("*.xml")):
        compound = ET.parse(path).getroot().find("compounddef")
        if compound is None or compound.get("kind") not in ("class", "struct", "union", "namespace", "file"):
            continue
        title = compound.findtext("compoundname", "")
        if hidden(title) or compound.get("prot", "public") != "public":
            continue
        if compound.get("kind") in ("class", "struct", "union"):
            names.add(title, place(compound), has_text(compound))
        for member in compound.iter("memberdef"):
            if member.get("id") in seen or not needs_comment(member):
                continue
            seen.add(member.get("id"))
            is_field = member.get("kind") in FIELD_KINDS
            scope = "" if compound.get("kind") == "file" else title + "::"
            (fields if is_field else names).add(scope + member.findtext("name"), place(member), has_text(member))
            for value in member.findall("enumvalue"):
                fields.add(f"{scope}{member.findtext('name')}::{value.findtext('name')}", place(member), has_text(value))
    return names, fields


def doxygen_problems(path):
    """Doxygen's own complaints about comments, less those about missing ones, which are counted here."""
    lines = Path(path).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line.strip() and not line.rstrip().endswith("is not documented.")]


def main(arguments):
    paths = [a for a in arguments if a != "--fields"]
    if len(paths) not in (1, 2):
        print("usage: api.py XML_FOLDER [WARNINGS] [--fields]", file=sys.stderr)
        return 2
    names, fields = counted(paths[0])
    problems = list(names.missing) + (fields.missing if "--fields" in arguments else [])
    problems += doxygen_problems(paths[1]) if len(paths) == 2 else []
    for problem in problems:
        print(problem, file=sys.stderr)
    print(f"docs: {names.line('public names documented')}; {fields.line('fields and values have a comment of their own')}")
    if names.total == 0:
        print("docs: no public names found: nothing was checked", file=sys.stderr)
    return 1 if problems or names.total == 0 else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
