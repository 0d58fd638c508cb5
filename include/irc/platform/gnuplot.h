// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

namespace irc::platform {

/// Runs a gnuplot script in `folder`. Empty, or why there is no figure. Throws InputError where no temporary
/// folder can be made.
std::string run_gnuplot(const std::string& script, const std::string& folder = ".");

/// Draws NAME.svg and NAME.png in `folder`. Empty, or why there is no figure.
/// \param height  of the PNG in pixels, which is 1200 wide; the SVG has three quarters of both
/// \param script  plots from comma-separated tables in `folder`, without `set terminal` and `set output`
std::string draw_figure(const std::string& folder, const std::string& name, int height,
                        const std::string& script);

/// `text` as a string of gnuplot's, quotes included.
std::string gnuplot_text(const std::string& text);

}  // namespace irc::platform
