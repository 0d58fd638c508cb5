// SPDX-License-Identifier: Apache-2.0
#include "rtl_buffer.h"

#include "Virc_controller.h"
#include "Virc_controller___024root.h"
#if __has_include("Virc_controller_irc_datapath.h")  // modules were not inlined in the translation
#include "Virc_controller_irc_controller.h"
#include "Virc_controller_irc_datapath.h"
#include IRC_BUFFER_CLASS
#define IRC_RTL_BUFFER __PVT__irc_controller->__PVT__datapath->__PVT__buffer->words
#else
#define IRC_RTL_BUFFER irc_controller__DOT__datapath__DOT__buffer__DOT__words
#endif

namespace irc::tb {

std::uint64_t buffer_word(const Virc_controller& rtl, std::size_t word) {
  return rtl.rootp->IRC_RTL_BUFFER[word];
}

}  // namespace irc::tb
