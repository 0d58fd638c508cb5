# SPDX-License-Identifier: Apache-2.0
"""Describes the rooms' namespaces for Doxygen, from the table of rooms in the architecture page.    rooms.py ARCHITECTURE_PAGE"""
import re
import sys
from pathlib import Path

ROW = re.compile(r"^\|\s*\d+\s*\|\s*`(\w+)`\s*\|\s*(.*?)\s*\|")


def main(arguments):
    if len(arguments) != 1:
        print("usage: rooms.py ARCHITECTURE_PAGE", file=sys.stderr)
        return 2
    print("/** \\namespace irc\n * ircsim: each room of the architecture is a namespace of its own. */")
    for line in Path(arguments[0]).read_text(encoding="utf-8").splitlines():
        row = ROW.match(line)
        if row:
            owns = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", row[2])
            print(f"/** \\namespace irc::{row[1]}\n * Room {row[1]}: {owns}. */")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
