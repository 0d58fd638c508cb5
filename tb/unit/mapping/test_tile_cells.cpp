// SPDX-License-Identifier: Apache-2.0
#include "support/catch.h"

#include "irc/mapping/placement.h"
#include "layers.h"

using namespace irc::mapping;
using irc::network::Conv;
using irc::network::Graph;
namespace mt = irc::mapping::test;

namespace {

/// The difference that the amplifier of each output reads for one driven row, in unit cells. In the reference
/// scheme the amplifier compares with the mean of the two reference columns, so the values are in half units:
/// 2 * cell - (LRS + HRS).
class TileView {
 public:
  TileView(const Conv& conv, const Tile& tile, const Geometry& g)
      : tile_(tile),
        reference_(g.scheme == WeightScheme::binary_reference),
        bytes_(tile_cells(conv, tile, g)) {
    REQUIRE(bytes_.size() == (tile.rows * tile.columns + 7) / 8);
  }
  int cell(std::size_t column, std::size_t row) const {
    const std::size_t bit = column * tile_.rows + row;
    return bytes_[bit / 8] >> (bit % 8) & 1;
  }
  int difference(std::size_t output, std::size_t row) const {
    if (!reference_) return cell(2 * output, row) - cell(2 * output + 1, row);
    return 2 * cell(output, row) - (cell(tile_.outputs, row) + cell(tile_.outputs + 1, row));
  }

 private:
  const Tile& tile_;
  bool reference_;
  std::vector<std::uint8_t> bytes_;
};

/// [output][layer row] differences of all tiles of one layer.
std::vector<std::vector<int>> differences(const Conv& conv, irc::network::NodeId id,
                                          const Placement& placement, const Geometry& g) {
  std::vector<std::vector<int>> out(static_cast<std::size_t>(conv.out_channels),
                                    std::vector<int>(conv.rows() + bias_rows_of(conv, g)));
  for (const auto& tile : placement.tiles) {
    if (tile.node != id) continue;
    const TileView view(conv, tile, g);
    for (std::size_t o = 0; o < tile.outputs; ++o)
      for (std::size_t r = 0; r < tile.rows; ++r)
        out[tile.output_begin + o][tile.row_begin + r] = view.difference(o, r);
  }
  return out;
}

void check_layer(const Conv& conv, const std::vector<std::vector<int>>& seen, bool bias_inside,
                 mt::Draw& draw) {
  const std::size_t rows = conv.rows();
  for (std::size_t o = 0; o < seen.size(); ++o) {
    int bias = 0;
    for (std::size_t r = 0; r < seen[o].size(); ++r) {
      if (r < rows) {
        REQUIRE(seen[o][r] == conv.weights[o * rows + r]);
      } else {
        bias += seen[o][r];
      }
    }
    REQUIRE(bias == (bias_inside ? conv.bias[o] : 0));
  }
  for (int trial = 0; trial < 3; ++trial) {
    std::vector<int> input;
    for (std::size_t r = 0; r < rows; ++r) input.push_back(draw.between(0, 1));
    for (std::size_t o = 0; o < seen.size(); ++o) {
      int sum = bias_inside ? conv.bias[o] : 0, array = 0;
      for (std::size_t r = 0; r < rows; ++r) sum += input[r] * conv.weights[o * rows + r];
      for (std::size_t r = 0; r < seen[o].size(); ++r) array += (r < rows ? input[r] : 1) * seen[o][r];
      REQUIRE(array == sum);
    }
  }
}

void check_graph(const Graph& graph, const Geometry& g, mt::Draw& draw) {
  const auto placement = place(graph, g);
  for (const auto id : mt::array_layers(graph)) {
    const auto& conv = mt::conv_of(graph, id);
    check_layer(conv, differences(conv, id, placement, g), g.bias == BiasPlacement::array, draw);
  }
}

}  // namespace

TEST_CASE("cells add up to the integer sums", "[cells]") {
  for (const auto scheme :
       {WeightScheme::ternary, WeightScheme::binary_differential, WeightScheme::binary_reference})
    for (const auto bias : {BiasPlacement::array, BiasPlacement::source, BiasPlacement::digital}) {
      if (scheme == WeightScheme::binary_reference && bias == BiasPlacement::array) continue;
      for (std::uint64_t seed = 0; seed < 12; ++seed) {
        CAPTURE(seed, static_cast<int>(scheme), static_cast<int>(bias));
        mt::Draw draw(seed + 77);
        auto g = mt::plain_geometry(8, static_cast<std::size_t>(draw.between(60, 300)),
                                    static_cast<std::size_t>(draw.between(4, 30)));
        g.scheme = scheme;
        g.bias = bias;
        mt::RandomOptions options;
        if (scheme != WeightScheme::ternary) options.binary_share = 1;
        check_graph(irc::network::test::random_detector(seed, options), g, draw);
      }
    }
}

TEST_CASE("cells of a tile by hand", "[cells]") {
  Conv conv;
  conv.in_channels = 3;
  conv.out_channels = 2;
  conv.weights = {1, 0, -1, -1, 1, 0};
  conv.bias = {2, -1};
  Geometry g = mt::plain_geometry(1, 16, 4);
  g.bias = BiasPlacement::array;
  Tile tile;
  tile.rows = 5;
  tile.outputs = 2;
  tile.columns = 4;
  // Columns +0, -0, +1 and -1 of five rows each, row 0 first: 10011 00100 01000 10010
  const auto cells = tile_cells(conv, tile, g);
  REQUIRE(cells.size() == 3);
  std::string bits;
  for (std::size_t i = 0; i < 20; ++i) bits += (cells[i / 8] >> (i % 8) & 1) != 0 ? '1' : '0';
  CHECK(bits ==
        "10011"
        "00100"
        "01000"
        "10010");
  CHECK((cells[2] & 0xf0) == 0);  // the last byte is padded with zeros
}

TEST_CASE("cells of a reference tile by hand", "[cells]") {
  Conv conv;
  conv.in_channels = 3;
  conv.out_channels = 1;
  conv.kind = irc::network::WeightKind::binary;
  conv.weights = {1, -1, 1};
  conv.bias = {0};
  Geometry g = mt::plain_geometry(1, 16, 4);
  g.scheme = WeightScheme::binary_reference;
  Tile tile;
  tile.rows = 3;
  tile.outputs = 1;
  tile.columns = 3;
  // Column 0 is 101, the all-LRS column 111, and the all-HRS column 000.
  CHECK(tile_cells(conv, tile, g) == std::vector<std::uint8_t>{0b00111101, 0});
}
