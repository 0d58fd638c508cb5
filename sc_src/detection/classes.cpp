// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>

#include "irc/core/error.h"
#include "irc/detection/readers.h"

namespace irc::detection {
namespace {

bool holds(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

std::vector<int> match_classes(const Dataset& dataset, const std::vector<std::string>& classes) {
  std::vector<int> out;
  for (const auto& name : classes) {
    const auto found = std::find(dataset.categories.begin(), dataset.categories.end(), name);
    if (found == dataset.categories.end())
      throw InputError("the data set '" + dataset.name + "' does not have the detector's class '" + name +
                       "'; the data set's classes are " + joined(dataset.categories) +
                       ", the detector's are " + joined(classes));
    out.push_back(static_cast<int>(found - dataset.categories.begin()));
  }
  return out;
}

bool same_names_reordered(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  return a != b && std::set<std::string>(a.begin(), a.end()).size() == a.size() &&
         std::is_permutation(a.begin(), a.end(), b.begin(), b.end());
}

void reorder_categories(Dataset& dataset, const std::vector<std::string>& classes) {
  if (dataset.categories == classes) return;
  if (!same_names_reordered(dataset.categories, classes))
    throw InputError("the classes differ: the data set '" + dataset.name + "' has " +
                     joined(dataset.categories) + "; expected " + joined(classes) + ", in any order");
  const auto old_of = match_classes(dataset, classes);
  std::vector<int> new_of(classes.size());
  std::vector<std::int64_t> ids;
  for (std::size_t c = 0; c < classes.size(); ++c) {
    const auto old = static_cast<std::size_t>(old_of[c]);
    new_of[old] = static_cast<int>(c);
    if (!dataset.category_ids.empty()) ids.push_back(dataset.category_ids[old]);
  }
  dataset.categories = classes;
  dataset.category_ids = std::move(ids);
  for (auto& sample : dataset.samples)
    for (auto& annotation : sample.annotations)
      annotation.category = new_of[static_cast<std::size_t>(annotation.category)];
}

std::vector<std::string> add_missing_classes(Dataset& dataset, const std::vector<std::string>& classes) {
  std::vector<std::string> missing;
  for (const auto& name : classes)
    if (!holds(dataset.categories, name)) missing.push_back(name);
  if (missing.size() == classes.size())
    throw InputError("the data set '" + dataset.name +
                     "' has none of the detector's classes; its classes are " + joined(dataset.categories) +
                     ", the detector's are " + joined(classes));
  std::int64_t last = 0;
  for (const auto id : dataset.category_ids) last = std::max(last, id);
  for (const auto& name : missing) {
    dataset.categories.push_back(name);
    dataset.category_ids.push_back(++last);
  }
  return missing;
}

std::vector<ClassObjects> foreign_classes(const Dataset& dataset, const std::vector<std::string>& classes) {
  std::vector<std::uint64_t> objects(dataset.categories.size());
  for (const auto& sample : dataset.samples)
    for (const auto& annotation : sample.annotations)
      ++objects[static_cast<std::size_t>(annotation.category)];
  std::vector<ClassObjects> foreign;
  for (std::size_t c = 0; c < objects.size(); ++c)
    if (objects[c] > 0 && !holds(classes, dataset.categories[c]))
      foreign.push_back({dataset.categories[c], objects[c]});
  return foreign;
}

std::uint64_t remove_other_classes(Dataset& dataset, const std::vector<std::string>& classes) {
  std::uint64_t removed = 0;
  for (auto& sample : dataset.samples)
    removed += std::erase_if(sample.annotations, [&](const Annotation& annotation) {
      return !holds(classes, dataset.categories[static_cast<std::size_t>(annotation.category)]);
    });
  return removed;
}

}  // namespace irc::detection
