# SPDX-License-Identifier: Apache-2.0
"""Lays out the pages for mkdocs.    assemble.py TREE TARGET

TARGET gets every Markdown page at its own path, so links between pages stay as they are. A link to any other text file leads
to a page `source/PATH.md` that shows the file; a link to a folder leads to a page that lists its files; images and binary
files are copied. Links to include/irc lead to the API reference, which Doxygen writes to api/ later."""
import os
import re
import shutil
import sys
from pathlib import Path

import pages

LANGUAGES = {".cpp": "cpp", ".h": "cpp", ".hpp": "cpp", ".c": "c", ".cmake": "cmake", ".py": "python", ".sh": "bash",
             ".toml": "toml", ".json": "json", ".yml": "yaml", ".yaml": "yaml", ".sv": "systemverilog", ".v": "verilog"}
LARGEST_SHOWN = 200_000
MOST_LISTED = 60
LIST_ITEM = re.compile(r"^(\s*)([-*+]|\d+[.)])(\s+)(?=\S)")
TABLE_RULE = re.compile(r"^\s*\|?\s*:?-{3,}:?\s*(\|\s*:?-*:?\s*)*$")


class Assembly:
    """The pages under way: writes them, and remembers which other files they ask for."""

    def __init__(self, tree, target):
        self.tree = Path(tree)
        self.target = Path(target)
        self.files = pages.tree_files(tree)
        self.known = set(self.files)
        self.pages = set(pages.pages_of(self.files))
        self.shown = set()

    def write(self, path, text):
        place = self.target / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")

    def relative(self, page, path):
        return os.path.relpath(path, os.path.dirname(page) or ".").replace(os.sep, "/")

    def place_of(self, page, path):
        """Where a link of `page` to `path` leads on the site: (target, whether mkdocs is to follow it)."""
        if path in self.pages:
            return self.relative(page, path), True
        if path in self.known:
            if self.is_text(path):
                self.show_file(path)
                return self.relative(page, f"source/{path}.md"), True
            self.copy(path)
            return self.relative(page, path), True
        if path == "include/irc" or path.startswith("include/irc/"):
            return self.relative(page, self.api_page(path)), False
        readme = f"{path}/README.md"
        if readme in self.pages:
            return self.relative(page, readme), True
        self.show_folder(path)
        return self.relative(page, f"source/{path}/index.md"), True

    def is_text(self, path):
        if Path(path).suffix in (".svg", ".png", ".jpg", ".jpeg", ".gif"):
            return False
        data = (self.tree / path).read_bytes()
        if len(data) > LARGEST_SHOWN:
            return False
        try:
            return "\0" not in data.decode("utf-8")
        except UnicodeDecodeError:
            return False

    def api_page(self, path):
        """The page of the API reference for include/irc or one of its rooms."""
        room = path.removeprefix("include/irc").strip("/")
        headers = [f for f in self.files if f.startswith(f"include/irc/{room}/") and f.endswith(".h")]
        text = "".join((self.tree / header).read_text(encoding="utf-8") for header in headers) if room else ""
        if re.search(rf"^namespace irc::{room}\b", text, re.MULTILINE):
            return f"api/namespaceirc_1_1{room.replace('_', '__')}.html"
        # A room in the common namespace; a room of plain C.
        return "api/namespaceirc.html" if re.search(r"^namespace irc \{", text, re.MULTILINE) else "api/files.html"

    def copy(self, path):
        place = self.target / path
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(self.tree / path, place)

    def show_file(self, path):
        """A page that shows a text file as it is."""
        if path in self.shown:
            return
        self.shown.add(path)
        text = (self.tree / path).read_text(encoding="utf-8")
        longest = max((len(run) for run in re.findall(r"`{3,}", text)), default=2)
        fence = "`" * (longest + 1)
        language = LANGUAGES.get(Path(path).suffix, "text")
        self.write(f"source/{path}.md", f"{front_matter(path)}# {path}\n\n{fence}{language}\n{text.rstrip()}\n{fence}\n")

    def show_folder(self, path):
        """A page that lists the files of a folder."""
        if path in self.shown:
            return
        self.shown.add(path)
        page = f"source/{path}/index.md"
        below = [f for f in self.files if path == "." or f.startswith(path + "/")]
        lines = []
        for name in below[:MOST_LISTED]:
            lines.append(f"- [`{name}`]({self.place_of(page, name)[0]})")
        if len(below) > MOST_LISTED:
            lines.append(f"- and {len(below) - MOST_LISTED} further files")
        self.write(page, f"{front_matter(path)}# {path}/\n\n" + "\n".join(lines) + "\n")

    def rewritten(self, page, line):
        """The line with its links as the site needs them."""
        blanked = pages.without_code(line)
        for pattern in (pages.INLINE_LINK, pages.HTML_LINK, pages.REFERENCE):
            for match in reversed(list(pattern.finditer(blanked))):
                target = match[1]
                if pages.is_external(target) or target.startswith("#"):
                    continue
                path, anchor = pages.resolve(page, target)
                place, follow = self.place_of(page, path)
                if anchor and path in self.pages:
                    place += "#" + anchor
                # mkdocs takes what has a scheme or is no Markdown page on trust only behind this marker.
                place = place if follow else LATER + place
                line = line[:match.start(1)] + place + line[match.end(1):]
                blanked = pages.without_code(line)
        return line

    def page(self, page):
        text = (self.tree / page).read_text(encoding="utf-8")
        lines = text.splitlines()
        for number, line in list(pages.text_lines(text)):
            lines[number - 1] = later_links(self.rewritten(page, line))
        self.write(page, "\n".join(for_python_markdown(lines)) + "\n")

    def all(self):
        for page in sorted(self.pages):
            self.page(page)
        for sheet in (f for f in self.files if f.startswith("docs/") and f.endswith(".css")):
            self.copy(sheet)
        return len(self.pages), len(self.shown)


LATER = "later:"
LATER_LINK = re.compile(r"\[((?:[^\[\]]|\[[^\]]*\])*)\]\(" + LATER + r"([^)\s]+)\)")


def later_links(line):
    """Links to what Doxygen writes only after mkdocs has run become HTML, which mkdocs does not follow."""
    def html(match):
        text = pages.CODE_SPAN.sub(lambda code: f"<code>{code[2].strip()}</code>", match[1])
        return f'<a href="{match[2]}">{text}</a>'
    return LATER_LINK.sub(html, line)


def front_matter(path):
    """Keeps shown sources out of the site's search."""
    return f'---\ntitle: "{path}"\nsearch:\n  exclude: true\n---\n'


def for_python_markdown(lines):
    """The same text for Python-Markdown, which wants what a forge does not: a blank line before lists and tables, four columns
    for what belongs to a list item, and no backslash before a bar in a code span of a table."""
    result = []
    items = []  # columns at which the text of the open list items begins
    fence = None
    for index, line in enumerate(lines):
        indent = len(line) - len(line.lstrip(" "))
        if not line.strip():
            result.append("")
            continue
        match = pages.FENCE.match(line)
        if fence:
            fence = None if match and match[2].startswith(fence) and not match[3].strip() else fence
            result.append(indented(line, indent, items))
            continue
        after_blank = not result or not result[-1].strip()
        item = LIST_ITEM.match(line)
        in_list = bool(items)
        if item or after_blank or match:
            while items and indent < items[-1]:
                items.pop()
        starts_table = index + 1 < len(lines) and "|" in line and TABLE_RULE.match(lines[index + 1]) is not None
        if not after_blank and ((item and not in_list) or (starts_table and not items)):
            result.append("")
        if line.lstrip().startswith("|"):
            line = pages.CODE_SPAN.sub(lambda code: code[0].replace("\\|", "|"), line)
        result.append(indented(line, indent, items))
        if item:
            items.append(len(item[0]))
        if match:
            fence = match[2]
    return result


def indented(line, indent, items):
    """The line moved to four columns for each list item it belongs to."""
    depth = sum(1 for column in items if indent >= column)
    if depth == 0:
        return line
    return " " * (4 * depth + indent - items[depth - 1]) + line.lstrip(" ")


def main(arguments):
    if len(arguments) != 2:
        print("usage: assemble.py TREE TARGET", file=sys.stderr)
        return 2
    shutil.rmtree(arguments[1], ignore_errors=True)
    count, shown = Assembly(*arguments).all()
    print(f"docs: {count} pages and {shown} shown sources laid out")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
