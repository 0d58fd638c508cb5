// SPDX-License-Identifier: Apache-2.0
#include "yolo_yaml.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "irc/detection/readers.h"
#include "text_file.h"

namespace irc::detection {
namespace {

/// One top-level key with everything that belongs to it, not yet interpreted.
struct Block {
  std::string key, value;
  std::vector<Line> items;  ///< indented or "- " lines below
  SourceLocation where;
};

std::string without_comment(const std::string& line) {
  char quote = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (quote != 0) {
      if (line[i] == quote) quote = 0;
    } else if ((line[i] == '\'' || line[i] == '"') &&
               (i == 0 || !std::isalnum(static_cast<unsigned char>(line[i - 1])))) {
      quote = line[i];
    } else if (line[i] == '#' && (i == 0 || line[i - 1] == ' ' || line[i - 1] == '\t')) {
      return line.substr(0, i);
    }
  }
  return line;
}

std::string unquoted(std::string_view text, const SourceLocation& where) {
  text = trimmed(text);
  if (text.empty() || (text[0] != '\'' && text[0] != '"')) return std::string(text);
  if (text.size() < 2 || text.back() != text[0])
    throw InputError(where, "this quote has no end: " + std::string(text));
  return std::string(text.substr(1, text.size() - 2));
}

bool is_open(const std::string& value) {
  return !value.empty() && (value[0] == '[' || value[0] == '{') &&
         value.back() != (value[0] == '[' ? ']' : '}');
}

std::vector<Block> read_blocks(const std::filesystem::path& path) {
  std::vector<Block> blocks;
  for (const Line& raw : read_lines(path)) {
    const std::string line = without_comment(raw.text);
    const std::string_view text = trimmed(line);
    const SourceLocation where{path.string(), raw.number};
    if (text.empty() || text == "---" || text == "...") continue;
    const bool belongs = line[0] == ' ' || line[0] == '\t' || text == "-" || text.starts_with("- ");
    if (!blocks.empty() && is_open(blocks.back().value)) {
      blocks.back().value += " " + std::string(text);
      continue;
    }
    if (belongs) {
      if (blocks.empty()) throw InputError(where, "'" + std::string(text) + "' found before the first key");
      blocks.back().items.push_back({std::string(text), raw.number});
      continue;
    }
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos || colon == 0)
      throw InputError(where, "'" + std::string(text) + "' found; expected `key: value`");
    blocks.push_back(
        {unquoted(text.substr(0, colon), where), std::string(trimmed(text.substr(colon + 1))), {}, where});
  }
  return blocks;
}

/// The parts between the commas of `[a, b]` or `{0: a, 1: b}`.
std::vector<std::string> flow_items(const Block& block) {
  if (is_open(block.value))
    throw InputError(block.where, "'" + block.key + "' opens a bracket that never ends");
  std::vector<std::string> items;
  std::string item;
  char quote = 0;
  for (const char c : block.value.substr(1, block.value.size() - 2)) {
    const bool starts_text = trimmed(item).empty() || trimmed(item).back() == ':';
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if ((c == '\'' || c == '"') && starts_text) {
      quote = c;
    }
    if (c == ',' && quote == 0) {
      items.push_back(item);
      item.clear();
    } else {
      item += c;
    }
  }
  if (!trimmed(item).empty()) items.push_back(item);
  return items;
}

/// An entry `2: name` of a map, which must have its own index as key.
std::string map_item(std::string_view text, std::size_t index, const SourceLocation& where) {
  const std::size_t colon = text.find(':');
  const auto number =
      colon == std::string_view::npos ? std::nullopt : parse_number(trimmed(text.substr(0, colon)));
  if (!number || *number != static_cast<double>(index))
    throw InputError(
        where, "'" + std::string(trimmed(text)) + "' found; expected `" + std::to_string(index) + ": name`");
  return unquoted(text.substr(colon + 1), where);
}

std::vector<std::string> names_of(const Block& block) {
  std::vector<std::string> names;
  if (!block.value.empty() && block.value[0] == '[') {
    for (const auto& item : flow_items(block)) names.push_back(unquoted(item, block.where));
  } else if (!block.value.empty() && block.value[0] == '{') {
    for (const auto& item : flow_items(block)) names.push_back(map_item(item, names.size(), block.where));
  } else if (!block.value.empty()) {
    throw InputError(block.where, "names is '" + block.value + "'; expected a list of class names");
  } else {
    for (const Line& item : block.items) {
      const SourceLocation where{block.where.file, item.number};
      names.push_back(item.text.starts_with("-") ? unquoted(item.text.substr(1), where)
                                                 : map_item(item.text, names.size(), where));
    }
  }
  std::set<std::string> seen;
  for (const auto& name : names) {
    if (!name.empty() && std::string_view("[{&*!|>").find(name[0]) != std::string_view::npos)
      throw InputError(block.where,
                       "names holds '" + name + "'; expected plain class names, one for each class");
    if (name.empty()) throw InputError(block.where, "names holds an empty class name");
    if (!seen.insert(name).second) throw InputError(block.where, "names holds '" + name + "' twice");
  }
  if (names.empty()) throw InputError(block.where, "names is empty; expected the class names");
  return names;
}

std::vector<std::string> texts_of(const Block& block) {
  std::vector<std::string> texts;
  if (!block.value.empty() && block.value[0] == '[') {
    for (const auto& item : flow_items(block)) texts.push_back(unquoted(item, block.where));
  } else if (!block.value.empty()) {
    texts.push_back(unquoted(block.value, block.where));
  } else {
    for (const Line& item : block.items)
      if (item.text.starts_with("-"))
        texts.push_back(unquoted(item.text.substr(1), {block.where.file, item.number}));
  }
  return texts;
}

/// kpt_shape: [number of key points, values of each (2 or 3)].
std::size_t keypoint_values(const YoloYaml::Value& shape) {
  std::size_t product = 1;
  for (const auto& text : shape.texts) {
    const auto count = parse_number(text);
    if (shape.texts.size() != 2 || !count || *count < 1 || *count > 1000 || *count != std::floor(*count))
      throw InputError(shape.where, "kpt_shape is " + joined(shape.texts) +
                                        "; expected the number of key points and of values of each, [17, 3]");
    product *= static_cast<std::size_t>(*count);
  }
  return shape.texts.empty() ? 0 : product;
}

}  // namespace

YoloYaml read_yolo_yaml(const std::filesystem::path& path) {
  YoloYaml yaml;
  yaml.file = path;
  for (const Block& block : read_blocks(path)) {
    if (yaml.values.contains(block.key))
      throw InputError(block.where, "the file has the key '" + block.key + "' twice");
    yaml.values[block.key] = {block.key == "names" ? names_of(block) : texts_of(block), block.where};
  }
  if (!yaml.values.contains("names"))
    throw InputError({path.string()}, "the file has no key 'names', which lists the class names");
  yaml.names = yaml.values.at("names").texts;
  if (const auto nc = yaml.values.find("nc"); nc != yaml.values.end()) {
    const auto count = nc->second.texts.size() == 1 ? parse_number(nc->second.texts[0]) : std::nullopt;
    if (!count || *count != static_cast<double>(yaml.names.size()))
      throw InputError(nc->second.where, "nc is '" + joined(nc->second.texts) + "' but names holds " +
                                             std::to_string(yaml.names.size()) + " classes");
  }
  if (const auto shape = yaml.values.find("kpt_shape"); shape != yaml.values.end())
    yaml.keypoint_values = keypoint_values(shape->second);
  return yaml;
}

}  // namespace irc::detection
