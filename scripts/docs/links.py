# SPDX-License-Identifier: Apache-2.0
"""Checks the Markdown files as a forge shows them: every link leads to a file of the tree, every anchor to a heading, and the
navigation of mkdocs.yml names every page once and no other.    links.py TREE"""
import sys
from pathlib import Path

import pages


def folders_of(files):
    """Every folder that holds one of the files, at any depth."""
    found = {"."}
    for name in files:
        found.update(parent.as_posix() for parent in Path(name).parents)
    return found


def link_problems(tree, files):
    """Messages about links that lead nowhere, and the number of links seen."""
    problems = []
    seen = 0
    known = set(files)
    folders = folders_of(files)
    texts = {page: (Path(tree) / page).read_text(encoding="utf-8") for page in files if page.endswith(".md")}
    page_anchors = {page: pages.anchors(text) for page, text in texts.items()}
    for page, text in texts.items():
        for link in pages.links(text):
            seen += 1
            where = f"{page}:{link.line}: '{link.target}'"
            if pages.is_external(link.target):
                if link.target.startswith("http://"):
                    problems.append(f"{where} is not https")
                continue
            path, anchor = pages.resolve(page, link.target)
            if path is None:
                problems.append(f"{where} leaves the source tree")
            elif path not in known and path not in folders:
                problems.append(f"{where}: there is no such file or folder")
            elif anchor and path in page_anchors and anchor not in page_anchors[path]:
                problems.append(f"{where}: {path} has no heading with this anchor")
            elif anchor and path not in page_anchors:
                problems.append(f"{where}: only a page has anchors")
    return problems, seen


def navigation_problems(tree, files):
    """Messages about pages that the navigation leaves out, repeats, or names though they are missing."""
    config = Path(tree) / "mkdocs.yml"
    if not config.is_file():
        return ["mkdocs.yml: missing"]
    named = pages.navigation(config.read_text(encoding="utf-8"))
    wanted = set(pages.pages_of(files))
    problems = [f"mkdocs.yml: the navigation does not name {page}" for page in sorted(wanted - set(named))]
    problems += [f"mkdocs.yml: the navigation names {page}, which does not exist" for page in named if page not in wanted]
    problems += [f"mkdocs.yml: the navigation names {page} twice" for page in sorted(set(named)) if named.count(page) > 1]
    return problems


def main(arguments):
    if len(arguments) != 1:
        print("usage: links.py TREE", file=sys.stderr)
        return 2
    files = pages.tree_files(arguments[0])
    problems, seen = link_problems(arguments[0], files)
    problems += navigation_problems(arguments[0], files)
    for problem in problems:
        print(problem, file=sys.stderr)
    count = len(pages.pages_of(files))
    if problems:
        print(f"docs: {len(problems)} problems in {count} pages", file=sys.stderr)
        return 1
    if count == 0:
        print("docs: no pages found: nothing was checked", file=sys.stderr)
        return 1
    print(f"docs: {seen} links of {count} pages lead somewhere, and the navigation names every page")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
