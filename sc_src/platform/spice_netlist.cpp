// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <iterator>

#include "irc/core/error.h"
#include "irc/platform/spice.h"

namespace irc::platform {

namespace {

// Looser tolerances would compare ngspice's stopping criterion instead of the circuit.
constexpr const char* header =
    "* ircsim: one column, one vector\n"
    ".options gmin=1e-20 abstol=1e-16 reltol=1e-9 vntol=1e-12 itl1=1000\n";
constexpr const char* footer =
    ".control\n"
    "set numdgt=16\n"
    "op\n"
    "print i(vclamp)\n"
    "quit\n"
    ".endc\n"
    ".end\n";

/// The node of a row. Wires without resistance join neighbouring rows, which makes ngspice's circuit much
/// smaller. Not all rows are joined: ngspice sums the conductances at a node, and a leaking column would be
/// lost among thousands of others.
std::string node(char wire, double r_ohm, std::size_t row) {
  constexpr std::size_t joined_rows = 32;
  return wire + std::to_string(r_ohm > 0 ? row : row / joined_rows * joined_rows);
}
std::string bit_line(const array::ArrayConditions& c, std::size_t row) {
  return node('b', c.r_bl_ohm, row);
}
std::string source_line(const array::ArrayConditions& c, std::size_t row) {
  return node('s', c.r_sl_ohm, row);
}

/// ln(1 + e^h) as a formula for ngspice that does not overflow for any h.
std::string softplus(const std::string& h) {
  return fmt::format("(max({0},0)+ln(1+exp(-abs({0}))))", h);
}

class Writer {
 public:
  Writer(const array::ProgrammedTile& tile, std::size_t column, const device::TechnologyCard& card)
      : tile_(tile),
        column_(column),
        conduction_(card.rram.conduction),
        alpha_per_v_(card.rram.alpha_per_v),
        i_s_a_(card.transistor_at_temperature().i_s_a()),
        n_(card.transistor_at_temperature().n),
        half_per_u_t_(0.5 / card.u_t_v()) {}

  std::string write(std::span<const std::uint64_t> vector) {
    const auto& c = tile_.conditions();
    text_ = header;
    add("vclamp clamp 0 dc {:.17g}\n", tile_.v_bl_v(column_));
    for (std::size_t row = 0; row < tile_.geometry().rows; ++row) {
      const bool driven = (vector[row / 64] >> (row % 64)) & 1;
      if (driven || tile_.nonidealities().off_leakage) cell(row, driven ? c.v_wl_v : c.v_wl_off_v);
    }
    // The sense sources of the wires come last, because ngspice starts its searches there and each search
    // takes time.
    wire("c", "clamp", "b0", c.r_clamp_ohm);
    wires();
    return text_ + footer;
  }

 private:
  template <typename... Args>
  void add(fmt::format_string<Args...> form, Args&&... args) {
    fmt::format_to(std::back_inserter(text_), form, std::forward<Args>(args)...);
  }

  /// A resistance as a current-controlled voltage source. As an R it would be added to the cell's
  /// conductance: at 0.1 ohm a double then keeps the cell's to 4e-15 S only, and a leaking column is wrong by
  /// 1e-3.
  void wire(const std::string& name, const std::string& from, const std::string& to, double r_ohm) {
    add("bwire{0} {1} m{0} v=0\nh{0} m{0} {2} bwire{0} {3:.17g}\n", name, from, to, r_ohm);
  }

  void wires() {
    const auto& c = tile_.conditions();
    const std::size_t rows = tile_.geometry().rows;
    const auto join = [&](const std::string& from, const std::string& to, double r_ohm) {
      if (from != to) wire(to, from, to, r_ohm);
    };
    for (std::size_t row = 1; row < rows; ++row) {
      join(bit_line(c, row - 1), bit_line(c, row), c.r_bl_ohm);
      join(source_line(c, row - 1), source_line(c, row), c.r_sl_ohm);
    }
    const std::size_t grounded = c.ground == array::SourceLineGround::top ? 0 : rows - 1;
    wire("g", source_line(c, grounded), "0", c.r_sl_ohm);
  }

  void cell(std::size_t row, double v_wl_v) {
    const auto& c = tile_.conditions();
    const auto b = bit_line(c, row), s = source_line(c, row), x = fmt::format("x{}", row);
    const double r_ohm = tile_.r_ohm(column_)[row];
    if (conduction_ == device::Conduction::sinh) {
      add("bresistor{} {} {} i={:.17g}*sinh({:.17g}*v({},{}))\n", row, b, x, 1 / (r_ohm * alpha_per_v_),
          alpha_per_v_, b, x);
    } else {
      add("rresistor{} {} {} {:.17g}\n", row, b, x, r_ohm);
    }
    const double v_p_v = (v_wl_v - tile_.v_t_v(column_)[row]) / n_;
    const auto f = [&](const std::string& node) {
      return softplus(fmt::format("({:.17g}*({:.17g}-v({})))", half_per_u_t_, v_p_v, node));
    };
    add("btransistor{} {} {} i={:.17g}*({}^2-{}^2)\n", row, x, s, i_s_a_, f(s), f(x));
  }

  const array::ProgrammedTile& tile_;
  std::size_t column_;
  device::Conduction conduction_;
  double alpha_per_v_, i_s_a_, n_, half_per_u_t_;
  std::string text_;
};

}  // namespace

std::string spice_netlist(const array::ProgrammedTile& tile, std::size_t column,
                          std::span<const std::uint64_t> vector, const device::TechnologyCard& card) {
  if (column >= tile.geometry().columns || vector.size() * 64 < tile.geometry().rows)
    throw InputError("netlist of column " + std::to_string(column) + " with a vector of " +
                     std::to_string(vector.size()) + " words: the tile has " +
                     std::to_string(tile.geometry().rows) + " rows and " +
                     std::to_string(tile.geometry().columns) + " columns");
  return Writer(tile, column, card).write(vector);
}

}  // namespace irc::platform
