// SPDX-License-Identifier: Apache-2.0
#include "irc/core/printable.h"

#include "irc/core/error.h"
#include "support/catch.h"

using namespace irc;

TEST_CASE("names without control characters are printed as they are") {
  for (const char* name : {"", "conv1", "layer 3/weight", "a\\b", "caf\xc3\xa9", "\xe6\xb1\xbd\xe8\xbd\xa6",
                           "\xf0\x9f\x9a\x97", "'quoted' \"name\""})
    CHECK(printable(name) == name);
}

TEST_CASE("control characters in names are escaped") {
  CHECK(printable("a\nb") == "a\\nb");
  CHECK(printable("a\tb\rc") == "a\\tb\\rc");
  CHECK(printable("\x1b[31mred\x1b[0m") == "\\x1b[31mred\\x1b[0m");
  CHECK(printable("\x07\x7f") == "\\x07\\x7f");
  CHECK(printable(std::string("a\0b", 3)) == "a\\x00b");
  // U+009B is what ESC [ is on an eight-bit terminal, U+0085 is a line break.
  CHECK(printable("\xc2\x9b"
                  "31m\xc2\x85") == "\\u{9b}31m\\u{85}");
  CHECK(printable("\xe2\x80\xae"
                  "gpj.exe") == "\\u{202e}gpj.exe");
  CHECK(printable("a\xe2\x80\xa8"
                  "b\xef\xbb\xbf") == "a\\u{2028}b\\u{feff}");
}

TEST_CASE("bytes that are not UTF-8 are escaped one by one") {
  CHECK(printable("\xff") == "\\xff");
  CHECK(printable("a\x80z") == "a\\x80z");
  CHECK(printable("\xc3") == "\\xc3");                             // cut short
  CHECK(printable("\xc0\xaf") == "\\xc0\\xaf");                    // overlong
  CHECK(printable("\xe0\x80\xaf") == "\\xe0\\x80\\xaf");           // overlong
  CHECK(printable("\xed\xa0\x80") == "\\xed\\xa0\\x80");           // surrogate
  CHECK(printable("\xf4\x90\x80\x80") == "\\xf4\\x90\\x80\\x80");  // above U+10FFFF
  CHECK(printable("\x9b"
                  "31m") == "\\x9b31m");
}

TEST_CASE("a name is cut between characters and between escapes") {
  CHECK(printable("abcdef", 4) == "abcd");
  CHECK(printable("abcdef", 0).empty());
  CHECK(printable("abc\xc3\xa9", 4) == "abc");
  CHECK(printable("abc\xc3\xa9", 5) == "abc\xc3\xa9");
  CHECK(printable("abc\x1b", 5) == "abc");
  CHECK(printable("ab\ncd", 4) == "ab\\n");
}

TEST_CASE("messages keep their lines and nothing else that moves the cursor") {
  CHECK(printable_lines("one\ntwo\r\x1b[2J") == "one\ntwo\\r\\x1b[2J");
}

TEST_CASE("the location of an error names the file without control characters") {
  CHECK(SourceLocation{"a\nb\x1b[0m.toml", 3, 4}.text() == "a\\nb\\x1b[0m.toml:3:4");
  CHECK(std::string(InputError({"x\ty"}, "is empty").what()) == "x\\ty: is empty");
}
