// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <nlohmann/json.hpp>
#include <string>

namespace irc::explore {

/// The points of an exploration as one HTML page that needs no other file and no network: it contains
/// scripts, style and plotting library. `data` is the document described in docs/exploration-report.md,
/// schema 1. Throws InputError, naming the place, where `data` is not such a document. Layers are written
/// with five significant digits. Where they would take more than about 1.4 MB, only the points of the front
/// keep theirs, and the page says so.
std::string report_html(const nlohmann::json& data);

/// The same points as a table for spreadsheets and scripts (RFC 4180, UTF-8, with a header line). Columns:
/// id, status, on_front, the parameters and the metrics (column names are their keys), columns `spread.` and
/// `fidelity.` where there are any, error. Numbers have full precision; a field is empty where a point has no
/// value. Throws as report_html does.
std::string report_csv(const nlohmann::json& data);

}  // namespace irc::explore
