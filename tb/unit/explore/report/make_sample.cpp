// SPDX-License-Identifier: Apache-2.0
// Writes the report of a synthetic exploration, for the browser test and for inspection.
//   explore_report_sample POINTS PAGE.html DATA.json [--hostile]
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string_view>

#include "irc/explore/report.h"
#include "sample.h"

int main(int count, char** arguments) {
  if (count != 4 && !(count == 5 && std::string_view(arguments[4]) == "--hostile")) {
    std::cerr << "usage: explore_report_sample POINTS PAGE.html DATA.json [--hostile]\n";
    return 2;
  }
  const auto data = irc::explore::test::sample(std::strtoul(arguments[1], nullptr, 10), count == 5);
  std::ofstream page(arguments[2]);
  page << irc::explore::report_html(data);
  std::ofstream document(arguments[3]);
  document << data.dump(1);
  page.close();
  document.close();
  if (!page || !document) {
    std::cerr << "explore_report_sample: cannot write " << arguments[2] << " or " << arguments[3] << "\n";
    return 3;
  }
  return 0;
}
