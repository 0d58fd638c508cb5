# SPDX-License-Identifier: Apache-2.0
"""What Doxygen gets besides the headers: the reference's first page, and a description for each room's namespace that has none
in a header, from the table of rooms in the architecture page.
    rooms.py ARCHITECTURE_PAGE HEADERS        HEADERS: the folder with a folder for each room"""
import re
import sys
from pathlib import Path

ROW = re.compile(r"^\|\s*\d+\s*\|\s*`(\w+)`\s*\|\s*(.*?)\s*\|")

FIRST_PAGE = """/** \\mainpage API reference
 * All public names of include/irc. Each room of the architecture has a namespace; core is in the namespace irc itself.
 * The <a href="../index.html">documentation</a> explains how they work together. */
/** \\namespace irc
 * Every room has a namespace of its own in here, except core, which is this one. */"""


def main(arguments):
    if len(arguments) != 2:
        print("usage: rooms.py ARCHITECTURE_PAGE HEADERS", file=sys.stderr)
        return 2
    print(FIRST_PAGE)
    for line in Path(arguments[0]).read_text(encoding="utf-8").splitlines():
        row = ROW.match(line)
        if not row:
            continue
        text = "".join(h.read_text(encoding="utf-8") for h in sorted(Path(arguments[1]).glob(f"{row[1]}/*.h")))
        space = re.compile(rf"^(///.*\n)?namespace irc::{row[1]} \{{", re.MULTILINE)
        # A header's own description is the better one.
        if space.search(text) and not any(match[1] for match in space.finditer(text)):
            owns = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", row[2])
            print(f"/** \\namespace irc::{row[1]}\n * Room {row[1]}: {owns}. */")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
