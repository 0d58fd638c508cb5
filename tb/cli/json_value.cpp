// SPDX-License-Identifier: Apache-2.0
// For shell tests: checks that a file is exactly one JSON document and prints the values at JSON pointers,
// one per line. Exits with 1 where it is not, or where a pointer leads nowhere.
#include <fstream>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>

int main(int argc, char** argv) {
  if (argc < 2) {
    std::cerr << "usage: cli_json FILE [/pointer ...]\n";
    return 2;
  }
  try {
    std::ifstream in(argv[1], std::ios::binary);
    const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    const auto document = nlohmann::json::parse(text);
    for (int i = 2; i < argc; ++i)
      std::cout << document.at(nlohmann::json::json_pointer(argv[i])).dump() << "\n";
    return 0;
  } catch (const std::exception& error) {
    std::cerr << argv[1] << ": " << error.what() << "\n";
    return 1;
  }
}
