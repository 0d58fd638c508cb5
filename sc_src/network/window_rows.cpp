// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "irc/network/operators.h"

namespace irc::network {
namespace {

std::size_t size(int n) {
  return static_cast<std::size_t>(n);
}

/// Appends bits to a row of words.
class BitWriter {
 public:
  explicit BitWriter(std::uint64_t* out) : out_(out) {}

  /// Appends the lower n bits of `bits`, 1 to 64. The other bits must be zero.
  void put(std::uint64_t bits, std::size_t n) {
    pending_ |= bits << filled_;
    filled_ += n;
    if (filled_ < 64) return;
    *out_++ = pending_;
    filled_ -= 64;
    pending_ = filled_ == 0 ? 0 : bits >> (n - filled_);
  }
  /// Appends n bits of `source`, starting at bit `from`.
  void put(const std::uint64_t* source, std::size_t from, std::size_t n) {
    const std::size_t shift = from % 64;
    for (source += from / 64; n > 0; ++source) {
      const std::size_t take = std::min<std::size_t>(n, 64);
      std::uint64_t bits = source[0] >> shift;
      if (shift != 0 && take > 64 - shift) bits |= source[1] << (64 - shift);
      put(take == 64 ? bits : bits & ((std::uint64_t{1} << take) - 1), take);
      n -= take;
    }
  }
  /// Ends the row and sets the remaining bits up to `end` to zero.
  void finish(std::uint64_t* end) {
    if (filled_ != 0) *out_++ = pending_;
    std::fill(out_, end, std::uint64_t{0});
  }

 private:
  std::uint64_t* out_;
  std::uint64_t pending_ = 0;
  std::size_t filled_ = 0;
};

}  // namespace

WindowRows::WindowRows(const Conv& conv, const BinaryMap& in)
    : conv_(conv),
      in_(in),
      row_words_(words_for(size(conv.pad_left + in.shape.width + conv.pad_right) * size(in.shape.channels))),
      packed_(size(conv.kernel_h) * row_words_, 0),
      packed_y_(size(conv.kernel_h), -1) {}

const std::uint64_t* WindowRows::packed_row(int iy) {
  const std::size_t slot = size(iy % conv_.kernel_h), channels = size(in_.shape.channels);
  std::uint64_t* row = packed_.data() + slot * row_words_;
  if (packed_y_[slot] == iy) return row;
  packed_y_[slot] = iy;
  const std::size_t width = size(in_.shape.width), from = size(iy) * width,
                    left = size(conv_.pad_left) * channels;
  const std::uint64_t* pixels = in_.bits.row(from).data();
  BitWriter writer(row);
  for (std::size_t padded = 0; padded < left; padded += 64)
    writer.put(std::uint64_t{0}, std::min<std::size_t>(64, left - padded));
  if (channels % 64 == 0) {
    writer.put(pixels, 0, width * channels);
  } else {
    for (std::size_t x = 0; x < width; ++x) writer.put(pixels + x * in_.bits.words_per_row(), 0, channels);
  }
  writer.finish(row + row_words_);
  return row;
}

void WindowRows::unroll_whole(int oy, int count, std::uint64_t* out, std::size_t words) {
  const std::size_t channels = size(in_.shape.channels);
  const std::size_t strip = size(conv_.kernel_w) * channels, step = size(conv_.stride_w) * channels;
  const int top = oy * conv_.stride_h - conv_.pad_top;
  const std::vector<std::uint64_t> nothing(words_for(strip) + 1, 0);
  std::vector<const std::uint64_t*> rows(size(conv_.kernel_h), nullptr);
  for (int ky = 0; ky < conv_.kernel_h; ++ky)
    if (top + ky >= 0 && top + ky < in_.shape.height) rows[size(ky)] = packed_row(top + ky);
  for (std::size_t x = 0; x < size(count); ++x, out += words) {
    BitWriter writer(out);
    for (const auto* row : rows)
      writer.put(row == nullptr ? nothing.data() : row, row == nullptr ? 0 : x * step, strip);
    writer.finish(out + words);
  }
}

void WindowRows::unroll(int oy, int count, std::size_t begin, std::size_t end, std::uint64_t* out,
                        std::size_t words) {
  const std::size_t rows = conv_.rows();
  if (begin == 0 && end == rows) {
    unroll_whole(oy, count, out, words);
    return;
  }
  const std::size_t whole_words = words_for(rows);
  whole_.resize(whole_words * size(count));
  unroll_whole(oy, count, whole_.data(), whole_words);
  for (std::size_t x = 0; x < size(count); ++x) {
    std::fill_n(out + x * words, words, std::uint64_t{0});
    copy_bits(whole_.data() + x * whole_words, begin, out + x * words, 0, end - begin);
  }
}

}  // namespace irc::network
