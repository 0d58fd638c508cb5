# SPDX-License-Identifier: Apache-2.0
"""Tests of scripts/docs: small trees, good and bad, through each check.    python3 -m unittest test_docs"""
import contextlib
import io
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts" / "docs"))
sys.dont_write_bytecode = True

import api  # noqa: E402
import assemble  # noqa: E402
import links  # noqa: E402
import pages  # noqa: E402
import rooms  # noqa: E402
import site_check  # noqa: E402

NAVIGATION = "site_name: x\nnav:\n  - Home: README.md\n  - A:\n      - Page: docs/a.md\nplugins:\n  - search\n"
GOOD = {
    "mkdocs.yml": NAVIGATION,
    "README.md": "# Home\n\n[a](docs/a.md), [its part](docs/a.md#second-part-x---y), [code](src/main.cpp), [folder](src/).\n",
    "docs/a.md": "# A\n\n## Second part: `x` - y\n\n[back](../README.md#home) ![image](b.png)\n\n```\n[no link](nowhere.md)\n```\n"
                 "and `[none](nowhere.md)` either.\n",
    "docs/b.png": "not really",
    "src/main.cpp": "int main() {}\n",
}


class Tree(unittest.TestCase):
    """A folder with the files of a made tree."""

    def tree(self, files):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        for name, text in files.items():
            path = Path(folder.name) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return folder.name

    def run_main(self, module, *arguments):
        """(exit code, output and errors) of a script."""
        said = io.StringIO()
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            code = module.main(list(arguments))
        return code, said.getvalue()


class Links(Tree):
    def refused(self, changes, words):
        code, said = self.run_main(links, self.tree({**GOOD, **changes}))
        self.assertEqual(code, 1, said)
        self.assertIn(words, said)

    def test_good_tree(self):
        code, said = self.run_main(links, self.tree(GOOD))
        self.assertEqual(code, 0, said)
        self.assertIn("6 links of 2 pages", said)

    def test_missing_file(self):
        self.refused({"README.md": "# Home\n\n[x](docs/c.md)\n"}, "README.md:3: 'docs/c.md': there is no such file")

    def test_missing_image(self):
        self.refused({"README.md": "# Home\n\n![x](docs/c.png)\n"}, "'docs/c.png'")

    def test_image_inside_a_link(self):
        self.refused({"README.md": "# Home\n\n[![x](docs/c.png)](docs/a.md)\n"}, "'docs/c.png'")

    def test_missing_anchor_of_another_page(self):
        self.refused({"README.md": "# Home\n\n[x](docs/a.md#third)\n"}, "docs/a.md has no heading")

    def test_missing_anchor_of_the_page_itself(self):
        self.refused({"README.md": "# Home\n\n[x](#house)\n"}, "README.md has no heading")

    def test_reference_and_html(self):
        self.refused({"README.md": "# Home\n\n[x]\n\n[x]: docs/gone.md\n"}, "'docs/gone.md'")
        self.refused({"README.md": "# Home\n\n<img src=\"docs/gone.png\" width=\"9\">\n"}, "'docs/gone.png'")

    def test_link_out_of_the_tree(self):
        self.refused({"README.md": "# Home\n\n[x](../other/README.md)\n"}, "leaves the source tree")

    def test_plain_http(self):
        self.refused({"README.md": "# Home\n\n[x](http://example.org)\n"}, "is not https")

    def test_page_that_the_navigation_leaves_out(self):
        self.refused({"docs/lost.md": "# Lost\n"}, "does not name docs/lost.md")

    def test_navigation_to_a_missing_page(self):
        self.refused({"mkdocs.yml": NAVIGATION.replace("docs/a.md", "docs/z.md")}, "names docs/z.md, which does not exist")

    def test_page_named_twice(self):
        self.refused({"mkdocs.yml": NAVIGATION.replace("plugins", "  - Again: README.md\nplugins")}, "names README.md twice")

    def test_pages_of_hidden_folders_are_no_documentation(self):
        code, said = self.run_main(links, self.tree({**GOOD, ".github/template.md": "x\n"}))
        self.assertEqual(code, 0, said)

    def test_empty_tree(self):
        code, said = self.run_main(links, self.tree({"mkdocs.yml": "nav:\n"}))
        self.assertEqual(code, 1, said)
        self.assertIn("nothing was checked", said)

    def test_slugs_are_those_of_a_forge(self):
        self.assertEqual(pages.slug("`irc device --sweep-v-wl FROM..TO --json`"), "irc-device---sweep-v-wl-fromto---json")
        self.assertEqual(pages.slug("Table: `trace.csv`"), "table-tracecsv")
        self.assertEqual(pages.slug("[Rooms](a.md) and *floors*"), "rooms-and-floors")


class Assembly(Tree):
    def assembled(self, changes):
        target = Path(self.tree({}))
        code, said = self.run_main(assemble, self.tree({**GOOD, **changes}), str(target / "src"))
        self.assertEqual(code, 0, said)
        return target / "src"

    def test_sources_are_shown_and_images_copied(self):
        site = self.assembled({})
        home = (site / "README.md").read_text()
        self.assertIn("[code](source/src/main.cpp.md)", home)
        self.assertIn("[folder](source/src/index.md)", home)
        self.assertIn("[a](docs/a.md)", home)
        self.assertIn("int main() {}", (site / "source/src/main.cpp.md").read_text())
        self.assertIn("[`src/main.cpp`](main.cpp.md)", (site / "source/src/index.md").read_text())
        self.assertTrue((site / "docs/b.png").is_file())

    def test_headers_lead_to_the_api_reference(self):
        site = self.assembled({"include/irc/core/a.h": "namespace irc {\n", "include/irc/array/a.h": "namespace irc::array {\n",
                               "include/irc/dpi/a.h": "int f(void);\n",
                               "docs/a.md": "# A\n[core](../include/irc/core) [`array`](../include/irc/array) "
                                            "[C](../include/irc/dpi) [all](../include/irc)\n"})
        text = (site / "docs/a.md").read_text()
        self.assertIn('<a href="../api/namespaceirc.html">core</a>', text)
        self.assertIn('<a href="../api/namespaceirc_1_1array.html"><code>array</code></a>', text)
        self.assertIn('<a href="../api/files.html">C</a>', text)
        self.assertIn('<a href="../api/files.html">all</a>', text)

    def test_lists_and_tables_for_python_markdown(self):
        lines = ["text", "- one", "  more", "  - two", "    ```", "    code", "    ```", "- three", "", "text",
                 "| a | b |", "|---|---|", r"| `x\|y` | 1 |"]
        self.assertEqual(assemble.for_python_markdown(lines),
                         ["text", "", "- one", "    more", "    - two", "        ```", "        code", "        ```",
                          "- three", "", "text", "", "| a | b |", "|---|---|", "| `x|y` | 1 |"])

    def test_code_is_left_alone(self):
        lines = ["```", "- a", "  - b", "| x |", "|---|", "```"]
        self.assertEqual(assemble.for_python_markdown(lines), lines)


MEMBER = """<memberdef kind="{kind}" id="{name}_id" prot="{prot}"><name>{name}</name><argsstring>{arguments}</argsstring>
<briefdescription>{brief}</briefdescription><detaileddescription/><location file="irc/a/a.h" line="7"/></memberdef>"""
COMPOUND = """<doxygen><compounddef kind="struct" id="s" prot="public"><compoundname>irc::a::S</compoundname>{members}
<briefdescription><para>{brief}</para></briefdescription><detaileddescription/><location file="irc/a/a.h" line="3"/>
</compounddef></doxygen>"""


class Api(Tree):
    def member(self, name, brief="", kind="function", arguments="()", prot="public"):
        return MEMBER.format(kind=kind, name=name, arguments=arguments, prot=prot, brief=f"<para>{brief}</para>" if brief else "")

    def check(self, members, *arguments, brief="A structure.", log=""):
        folder = self.tree({"xml/a.xml": COMPOUND.format(members="".join(members), brief=brief), "api.log": log})
        return self.run_main(api, f"{folder}/xml", f"{folder}/api.log", *arguments)

    def test_all_documented(self):
        code, said = self.check([self.member("f", "Does it.")])
        self.assertEqual(code, 0, said)
        self.assertIn("2 of 2 public names documented", said)

    def test_undocumented_function(self):
        code, said = self.check([self.member("f", "Does it."), self.member("g")])
        self.assertEqual(code, 1, said)
        self.assertIn("irc/a/a.h:7: irc::a::S::g has no comment", said)
        self.assertIn("2 of 3 public names documented", said)

    def test_undocumented_structure(self):
        code, said = self.check([], brief="")
        self.assertEqual(code, 1, said)
        self.assertIn("irc::a::S has no comment", said)

    def test_what_needs_no_comment(self):
        code, said = self.check([self.member("h", prot="private"), self.member("~S"), self.member("S", arguments="()=default"),
                                 self.member("run", arguments="() const override"), self.member("operator==")])
        self.assertEqual(code, 0, said)
        self.assertIn("1 of 1 public names", said)

    def test_fields_are_counted_apart(self):
        rows = self.member("rows", kind="variable", arguments="")
        code, said = self.check([rows])
        self.assertEqual(code, 0, said)
        self.assertIn("0 of 1 fields", said)
        code, said = self.check([rows], "--fields")
        self.assertEqual(code, 1, said)
        self.assertIn("S::rows has no comment", said)

    def test_complaints_of_doxygen(self):
        code, said = self.check([], log="a.h:1: warning: Member g is not documented.\na.h:2: warning: argument 'x' not found\n")
        self.assertEqual(code, 1, said)
        self.assertIn("argument 'x' not found", said)
        self.assertNotIn("Member g", said)

    def test_nothing_to_check(self):
        code, said = self.run_main(api, self.tree({}))
        self.assertEqual(code, 1, said)

    def test_rooms_of_the_architecture_page(self):
        tree = self.tree({"a.md": "| floor | room | owns | SystemC |\n|---|---|---|---|\n| 0 | `core` | bits ([x](x.md)) | no |\n"
                                  "| 0 | `attic` | nothing | no |\n| 1 | `hall` | people | no |\n",
                          "irc/hall/a.h": "/// The hall.\nnamespace irc::hall {\n",
                          "irc/core/a.h": "namespace irc::core {\n"})
        code, said = self.run_main(rooms, f"{tree}/a.md", f"{tree}/irc")
        self.assertEqual(code, 0, said)
        self.assertIn("\\namespace irc::core\n * Room core: bits (x).", said)
        self.assertNotIn("attic", said)
        self.assertNotIn("hall", said)


PAGE = "<html><body><h1 id='top'>x</h1>{}</body></html>"


class Site(Tree):
    def check(self, body, files=None):
        return self.run_main(site_check, self.tree({"index.html": PAGE.format(body), "b.html": PAGE.format(""), **(files or {})}))

    def test_good_site(self):
        code, said = self.check("<a href='b.html#top'>b</a> <a href='#top'>t</a> <a href='https://example.org'>e</a>")
        self.assertEqual(code, 0, said)

    def test_bad_sites(self):
        for body, words in (("<a href='c.html'>c</a>", "leads nowhere"),
                            ("<a href='b.html#gone'>b</a>", "no such anchor"),
                            ("<img src='c.png'>", "leads nowhere"),
                            ("<script src='https://example.org/x.js'></script>", "from the network"),
                            ("<link rel='stylesheet' href='//example.org/x.css'>", "from the network"),
                            ("<p>| a |\n|---|</p>", "Markdown left as text"),
                            ("<p>text:\n- one</p>", "Markdown left as text")):
            with self.subTest(body=body):
                code, said = self.check(body)
                self.assertEqual(code, 1, said)
                self.assertIn(words, said)

    def test_style_sheet_that_loads(self):
        code, said = self.check("", {"x.css": "@import url('https://example.org/font.css');"})
        self.assertEqual(code, 1, said)

    def test_empty_site(self):
        code, said = self.run_main(site_check, self.tree({}))
        self.assertEqual(code, 1, said)


HEADER = "#pragma once\n/// Room.\nnamespace irc::core {\n/// Answers.\nint answer();\n%s}  // namespace irc::core\n"
DOCUMENTED = {
    **GOOD,
    "CMakeLists.txt": "project(ircsim VERSION 1.2.3 LANGUAGES CXX)\n",
    "docs/architecture.md": "# A\n\n| 0 | `core` | bits | no |\n",
    "docs/site.css": "p {}\n",
    "docs/Doxyfile": (ROOT / "docs/Doxyfile").read_text(encoding="utf-8"),
    "include/irc/core/a.h": HEADER % "",
    "mkdocs.yml": (ROOT / "mkdocs.yml").read_text(encoding="utf-8").partition("\nnav:")[0] + "\nnav:\n"
                  "  - Home: README.md\n  - A: docs/a.md\n  - Architecture: docs/architecture.md\n",
}


class Script(Tree):
    """scripts/docs.sh as a whole, on made trees."""

    def docs(self, files, *arguments, path=None):
        tree = self.tree(files)
        environment = {**os.environ, "IRC_DOCS_TREE": tree, "IRC_DOCS_SKIP": "77", **({"PATH": path} if path else {})}
        done = subprocess.run(["/bin/sh", str(ROOT / "scripts/docs.sh"), *arguments], env=environment, capture_output=True,
                              text=True, check=False)
        return done.returncode, done.stdout + done.stderr, Path(tree)

    def needs(self, *tools):
        for tool in tools:
            if not shutil.which(tool):
                self.skipTest(f"{tool} is not installed")

    def test_skips_in_one_line_without_its_tools(self):
        tools = self.tree({})
        for tool in ("dirname", "python3", "grep", "sed", "cat", "sh", "env"):
            os.symlink(shutil.which(tool), f"{tools}/{tool}")
        for part in ("api", "site"):
            code, said, _ = self.docs(DOCUMENTED, "--check", part, path=tools)
            self.assertEqual(code, 77, said)
            self.assertEqual(said.count("\n"), 1, said)
            self.assertIn("skipped, doxygen is not installed", said)

    def test_links(self):
        self.assertEqual(self.docs(DOCUMENTED, "--check", "links")[0], 0)
        self.assertEqual(self.docs({**DOCUMENTED, "docs/lost.md": "# Lost\n"}, "--check", "links")[0], 1)

    def test_comments(self):
        self.needs("doxygen")
        code, said, _ = self.docs(DOCUMENTED, "--check", "api")
        self.assertEqual(code, 0, said)
        self.assertIn("1 of 1 public names documented", said)
        code, said, _ = self.docs({**DOCUMENTED, "include/irc/core/a.h": HEADER % "int question(int of);\n"}, "--check", "api")
        self.assertEqual(code, 1, said)
        self.assertIn("irc::core::question has no comment", said)
        code, said, _ = self.docs({**DOCUMENTED, "include/irc/core/a.h": HEADER % "/// \\param x  none\nint q(int y);\n"},
                                  "--check", "api")
        self.assertEqual(code, 1, said)
        self.assertIn("argument 'x'", said)

    def test_site(self):
        self.needs("doxygen", "mkdocs")
        code, said, tree = self.docs(DOCUMENTED, "--check", "site")
        if code == 77:
            self.skipTest(said.strip())
        self.assertEqual(code, 0, said)
        self.assertTrue((tree / "build-docs/site/docs/a.html").is_file())
        self.assertTrue((tree / "build-docs/site/api/namespaceirc_1_1core.html").is_file())

    def test_wrong_usage(self):
        self.assertEqual(self.docs(DOCUMENTED, "--chekc")[0], 2)
        self.assertEqual(self.docs(DOCUMENTED, "--check", "everything")[0], 2)


if __name__ == "__main__":
    unittest.main()
