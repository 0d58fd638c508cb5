# SPDX-License-Identifier: Apache-2.0
"""Checks the built site: links and anchors of its pages, nothing loaded from the network, no Markdown left as text.
    site_check.py SITE"""
import re
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

LOADS = {"script": "src", "img": "src", "iframe": "src", "link": "href", "source": "src"}
LEFT_OVER = re.compile(r"(\|\s*:?-{3,})|(^```)|(\]\([^)]*\))|(\n\s*(?:[-*]|\d+\.) )")


class Page(HTMLParser):
    """Links, anchors, loaded addresses and paragraphs of one page."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.links = []
        self.anchors = set()
        self.loaded = []
        self.left_over = []
        self.paragraph = None
        self.code = 0
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        self.anchors.update(v for k, v in values.items() if k in ("id", "name") and v)
        if tag == "a" and values.get("href"):
            self.links.append(values["href"])
        address = values.get(LOADS.get(tag, ""), None)
        if address and values.get("rel") not in ("canonical", "license"):
            self.loaded.append(address)
        if tag == "p":
            self.paragraph = ""
        self.code += tag in ("code", "pre")

    def handle_endtag(self, tag):
        self.code -= tag in ("code", "pre")
        if tag == "p" and self.paragraph is not None:
            if LEFT_OVER.search(self.paragraph):
                self.left_over.append(" ".join(self.paragraph.split())[:80])
            self.paragraph = None

    def handle_data(self, data):
        if self.paragraph is not None:
            self.paragraph += "x" if self.code else data


def address_problem(site, page, address, parsed):
    """What is wrong with a local address, or None."""
    if re.match(r"^[a-zA-Z][a-zA-Z0-9+.-]*:", address):
        return None
    path, _, anchor = address.partition("#")
    path = unquote(path.partition("?")[0])
    place = (page.parent / path).resolve() if path else page.resolve()
    if path.startswith("/"):
        place = (site / path.lstrip("/")).resolve()
    if place.is_dir():
        place = place / "index.html"
    if not place.is_file():
        return f"'{address}' leads nowhere"
    if anchor and place.suffix == ".html":
        if place not in parsed:
            parsed[place] = Page(place.read_text(encoding="utf-8"))
        if unquote(anchor) not in parsed[place].anchors:
            return f"'{address}': no such anchor"
    return None


def problems_of(site):
    """(messages, number of pages): Doxygen's pages are looked at only where other pages lead to them."""
    site = Path(site)
    problems = []
    parsed = {}
    own = [p for p in sorted(site.rglob("*.html")) if p.relative_to(site).parts[0] != "api" and p.name != "404.html"]
    for page in own:
        parsed[page.resolve()] = Page(page.read_text(encoding="utf-8"))
    for page in own:
        content = parsed[page.resolve()]
        name = page.relative_to(site).as_posix()
        for address in sorted(set(content.links + content.loaded)):
            problem = address_problem(site, page, address, parsed)
            if problem:
                problems.append(f"{name}: {problem}")
        problems += [f"{name}: loads '{a}' from the network" for a in content.loaded if re.match(r"^(https?:)?//", a)]
        problems += [f"{name}: Markdown left as text: {text}" for text in content.left_over]
    for sheet in sorted(site.rglob("*.css")):
        if re.search(r"(url\(|@import)\s*['\"]?(https?:)?//", sheet.read_text(encoding="utf-8")):
            problems.append(f"{sheet.relative_to(site).as_posix()}: loads from the network")
    return problems, len(own)


def main(arguments):
    if len(arguments) != 1:
        print("usage: site_check.py SITE", file=sys.stderr)
        return 2
    problems, count = problems_of(arguments[0])
    for problem in problems:
        print(problem, file=sys.stderr)
    if count == 0:
        print("docs: the site has no pages: nothing was checked", file=sys.stderr)
    elif not problems:
        print(f"docs: {count} pages of the site hold together, and load nothing from the network")
    return 1 if problems or count == 0 else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
