# SPDX-License-Identifier: Apache-2.0
"""What the documentation scripts share: the tree's files, its pages, and the headings and links of a Markdown text."""
import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

FENCE = re.compile(r"^(\s*)(`{3,}|~{3,})(.*)$")
HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*#*\s*$")
# [text](target), ![text](target "title"); the text may hold an image or a pair of brackets.
INLINE_LINK = re.compile(r"\]\(\s*<?([^)\s>]+)>?(?:\s+[\"'][^)]*[\"'])?\s*\)")
REFERENCE = re.compile(r"^\s{0,3}\[[^\]]+\]:\s+<?(\S+?)>?(?:\s|$)")
HTML_LINK = re.compile(r"<(?:a|img|source)\b[^>]*?\b(?:href|src)=[\"']([^\"']+)[\"']", re.IGNORECASE)
HTML_ANCHOR = re.compile(r"<[a-z][^>]*?\b(?:id|name)=[\"']([^\"']+)[\"']", re.IGNORECASE)
CODE_SPAN = re.compile(r"(`+)(?!`)(.+?)(?<!`)\1(?!`)")


@dataclass(frozen=True)
class Link:
    """A link of a page: where it stands and where it leads, as written."""
    line: int
    target: str


def tree_files(tree):
    """Files of the source tree relative to it, in order; without git, all files outside of build and output folders."""
    listing = subprocess.run(["git", "-C", str(tree), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                             capture_output=True, check=False)
    top = subprocess.run(["git", "-C", str(tree), "rev-parse", "--show-toplevel"], capture_output=True, text=True, check=False)
    if listing.returncode == 0 and os.path.realpath(top.stdout.strip()) == os.path.realpath(tree):
        names = listing.stdout.decode().split("\0")
        return sorted(name for name in set(names) if name and (Path(tree) / name).is_file())
    found = []
    for folder, folders, names in os.walk(tree):
        relative = Path(folder).relative_to(tree)
        if relative == Path("."):
            folders[:] = [f for f in folders if f != ".git" and not f.startswith(("build", "out"))]
        found += [(relative / name).as_posix() for name in names]
    return sorted(found)


def pages_of(files):
    """The Markdown pages of the documentation: every .md file outside of hidden folders."""
    return [f for f in files if f.endswith(".md") and not any(part.startswith(".") for part in PurePosixPath(f).parts)]


def text_lines(text):
    """(number, line) of the lines outside of code fences and comments, code spans blanked out."""
    fence = None
    comment = False
    for number, line in enumerate(text.splitlines(), 1):
        match = FENCE.match(line)
        if fence:
            if match and match[2].startswith(fence) and not match[3].strip():
                fence = None
            continue
        if match:
            fence = match[2]
            continue
        if comment or line.lstrip().startswith("<!--"):
            comment = "-->" not in line
            continue
        yield number, line


def without_code(line):
    """The line with its code spans blanked out."""
    return CODE_SPAN.sub(lambda match: " " * len(match[0]), line)


def slug(heading):
    """The anchor a forge gives a heading; the site is configured to give the same."""
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", heading)
    text = re.sub(r"[`*]|<[^>]+>", "", text)
    return re.sub(r"[^\w\- ]", "", text.lower()).strip().replace(" ", "-")


def anchors(text):
    """Anchors of a page. A heading that repeats an earlier one is left out: forge and site number it differently."""
    found = set()
    for _, line in text_lines(text):
        heading = HEADING.match(line)
        if heading:
            found.add(slug(heading[2]))
        found.update(HTML_ANCHOR.findall(line))
    return found


def links(text):
    """All links of a page."""
    found = []
    for number, line in text_lines(text):
        line = without_code(line)
        targets = INLINE_LINK.findall(line) + HTML_LINK.findall(line)
        reference = REFERENCE.match(line)
        found += [Link(number, target) for target in targets + ([reference[1]] if reference else [])]
    return found


def is_external(target):
    """Whether the link leaves the tree: https:, mailto: and the like."""
    return re.match(r"^[a-zA-Z][a-zA-Z0-9+.-]*:", target) is not None


def resolve(page, target):
    """(path in the tree, anchor) of a page's relative link; the path is None if it leaves the tree."""
    path, _, anchor = target.partition("#")
    if not path:
        return page, anchor
    if path.startswith("/"):
        return None, anchor
    joined = os.path.normpath(os.path.join(os.path.dirname(page), path)).replace(os.sep, "/")
    return (None if joined.startswith("..") else joined), anchor


def navigation(config):
    """Pages that mkdocs.yml names in its navigation, in order."""
    found = []
    inside = False
    for line in config.splitlines():
        if re.match(r"^\S", line):
            inside = line.startswith("nav:")
        match = re.search(r"[-:]\s+['\"]?(\S+\.md)['\"]?\s*(?:#.*)?$", line)
        if inside and match:
            found.append(match[1])
    return found
