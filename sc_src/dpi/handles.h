// SPDX-License-Identifier: Apache-2.0
// Private to the room: maps handles to macros.
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "irc/macro/macro.h"

namespace irc::dpi {

/// One open macro. The call that works on it holds its lock.
struct OpenMacro {
  OpenMacro(const macro::MacroConfig& config, std::size_t index) : macro(config, index) {}
  std::mutex lock;
  macro::Macro macro;
  std::string message;  ///< of the last failed call
};

/// The open macros of the process. A macro that is closed while another thread works on it lives until that
/// thread is done.
class Handles {
 public:
  /// Returns the new handle. Handles increase and are never reused.
  int add(std::shared_ptr<OpenMacro> macro);
  /// Returns nullptr for a handle that is not open.
  std::shared_ptr<OpenMacro> find(int handle);
  bool remove(int handle);

 private:
  std::mutex lock_;
  std::map<int, std::shared_ptr<OpenMacro>> open_;
  int next_ = 1;
};

}  // namespace irc::dpi
