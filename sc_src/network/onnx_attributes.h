// SPDX-License-Identifier: Apache-2.0
// Reads the attributes of an ONNX node and checks their types.
#pragma once
#include <onnx/onnx_pb.h>

#include <cstdint>
#include <string>
#include <vector>

#include "onnx_step.h"
#include "onnx_tensor.h"

namespace irc::network {

class Attributes {
 public:
  Attributes(const onnx::NodeProto& node, const Fail& fail) : node_(node), fail_(fail) {}

  std::int64_t integer(const char* name, std::int64_t otherwise) const {
    const auto* a = find(name, onnx::AttributeProto::INT, "an integer");
    return a != nullptr ? a->i() : otherwise;
  }
  double real(const char* name, double otherwise) const {
    const auto* a = find(name, onnx::AttributeProto::FLOAT, "a float");
    return a != nullptr ? double{a->f()} : otherwise;
  }
  std::string text(const char* name, const char* otherwise) const {
    const auto* a = find(name, onnx::AttributeProto::STRING, "a string");
    return a != nullptr ? a->s() : otherwise;
  }
  /// Returns `count` integers from `low` to `high`, or `count` times `otherwise` if there is no such
  /// attribute.
  std::vector<int> integers(const char* name, int count, int otherwise, int low, int high) const {
    const auto* a = find(name, onnx::AttributeProto::INTS, "a list of integers");
    std::vector<int> out(static_cast<std::size_t>(count), otherwise);
    if (a == nullptr) return out;
    if (a->ints_size() != count)
      fail_(std::string("attribute '") + name + "' has " + std::to_string(a->ints_size()) +
            " values, expected " + std::to_string(count));
    for (int i = 0; i < count; ++i) {
      if (a->ints(i) < low || a->ints(i) > high)
        fail_(std::string("attribute '") + name + "' holds " + std::to_string(a->ints(i)) + ", expected " +
              std::to_string(low) + " to " + std::to_string(high));
      out[static_cast<std::size_t>(i)] = static_cast<int>(a->ints(i));
    }
    return out;
  }
  bool has(const char* name) const {
    for (const auto& a : node_.attribute())
      if (a.name() == name) return true;
    return false;
  }
  void expect(const char* name, std::int64_t standard, const char* why) const {
    if (const auto v = integer(name, standard); v != standard)
      fail_(std::string("attribute '") + name + "' is " + std::to_string(v) + ", expected " +
            std::to_string(standard) + " (" + why + ")");
  }
  const onnx::AttributeProto* find(const char* name, onnx::AttributeProto::AttributeType type,
                                   const char* expected) const {
    for (const auto& a : node_.attribute()) {
      if (a.name() != name) continue;
      // Files older than IR version 2 do not give the type.
      if (a.type() != type && a.type() != onnx::AttributeProto::UNDEFINED)
        fail_(std::string("attribute '") + name + "' has the wrong type, expected " + expected);
      return &a;
    }
    return nullptr;
  }

 private:
  const onnx::NodeProto& node_;
  const Fail& fail_;
};

}  // namespace irc::network
