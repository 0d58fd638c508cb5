// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>
#include <string>

namespace irc::platform {

/// Runs a gnuplot script in `folder`. Returns the reason why there is no figure, or an empty string. Throws
/// InputError where no temporary folder can be made.
std::string run_gnuplot(const std::string& script, const std::string& folder = ".");

/// Draws NAME.svg and NAME.png in `folder`. Returns the reason why there is no figure, or an empty string.
/// The PNG is 1200 pixels wide and `height` pixels high; the SVG has three quarters of both. `script` plots
/// from comma-separated tables in `folder` and contains neither `set terminal` nor `set output`. Throws
/// InputError where a picture cannot be written whole; there is no part of it then.
std::string draw_figure(const std::string& folder, const std::string& name, int height,
                        const std::string& script);

/// Gives the picture `drawn`, which gnuplot has drawn in a temporary folder, the name `path`. Throws
/// InputError with the path where the picture is cut or cannot be written.
void keep_picture(const std::filesystem::path& drawn, const std::filesystem::path& path);

/// `text` as a gnuplot string, with quotes. Control characters are shown as `printable` does.
std::string gnuplot_text(const std::string& text);

}  // namespace irc::platform
