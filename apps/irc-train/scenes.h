// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <filesystem>

namespace irc::train {

/// Writes scenes first .. first + count - 1 of `seed` as PNG files under `folder`/images, and
/// `folder`/scenes.json (COCO).
void write_scenes(std::uint64_t seed, std::uint64_t first, std::size_t count,
                  const std::filesystem::path& folder);

}  // namespace irc::train
