// SPDX-License-Identifier: Apache-2.0
#include "fuzz.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <sstream>
#include <typeinfo>

#include "irc/core/error.h"

namespace irc::fuzz {

void demand(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "fuzz: does not hold: %s\n", what);
  std::abort();
}

bool refused(const std::function<void()>& body) {
  try {
    body();
    return false;
  } catch (const InputError&) {
    return true;
  }
}

std::vector<std::string> parts_of(Input input, std::size_t count) {
  constexpr std::string_view separator = "\n%%\n";
  std::vector<std::string> parts;
  std::string_view rest = text_of(input);
  while (parts.size() + 1 < count) {
    const auto end = rest.find(separator);
    parts.emplace_back(rest.substr(0, end));
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + separator.size());
  }
  parts.emplace_back(rest);
  return parts;
}

std::string joined_parts(const std::vector<std::string>& parts) {
  std::string out;
  for (const auto& part : parts) out += (&part == parts.data() ? "" : "\n%%\n") + part;
  return out;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> out;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) out.push_back(line);
  return out;
}

Scratch::Scratch() {
  std::string form = (std::filesystem::temp_directory_path() / "irc-fuzz-XXXXXX").string();
  if (::mkdtemp(form.data()) == nullptr) {
    std::perror("fuzz: no temporary folder");
    std::exit(2);
  }
  path_ = form;
}

Scratch::~Scratch() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::filesystem::path Scratch::write(const std::string& name, std::string_view bytes) const {
  const auto file = path_ / name;
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  return file;
}

}  // namespace irc::fuzz

/// libFuzzer's entry. Returns 0 for every input that was read or refused, and does not return for a fault.
// NOLINTNEXTLINE(readability-identifier-naming)
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    irc::fuzz::run({data, size});
  } catch (const irc::InputError& error) {
    if (std::getenv("IRC_FUZZ_VERBOSE") != nullptr) std::fprintf(stderr, "fuzz: refused: %s\n", error.what());
  } catch (const std::exception& error) {
    std::fprintf(stderr, "fuzz: %s: %s\n", typeid(error).name(), error.what());
    std::abort();
  } catch (...) {
    std::fprintf(stderr, "fuzz: something was thrown that is no exception\n");
    std::abort();
  }
  return 0;
}

// A target that has SystemC in it links the kernel's main(), which asks for this function. It is never
// called.
extern "C" int sc_main(int, char*[]) {
  return 0;
}
