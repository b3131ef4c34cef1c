#pragma once

#include <filesystem>
#include <optional>
#include <string_view>
#include <utility>

#include <boost/json.hpp>

#include "drivers/runs/file_text.hpp"
#include "drivers/runs/plain_file.hpp"

namespace orrery {

/// What a file of a run directory holds at most.
inline constexpr std::size_t record_bytes_max = 4u << 20;

/// Puts the text into the place of the file, whole or not at all, for its owner only. Durable when
/// it returns; false: see `errno`.
bool write_record_text(const std::filesystem::path& file, std::string_view text);

/// The same, but where there is such a file by then that one stays, whichever host has written it;
/// true then, too.
bool write_first_record_text(const std::filesystem::path& file, std::string_view text);

/// A described struct, as JSON.
template <class Record>
bool write_record(const std::filesystem::path& file, const Record& record) {
  return write_record_text(file, boost::json::serialize(boost::json::value_from(record)));
}

template <class Record>
bool write_first_record(const std::filesystem::path& file, const Record& record) {
  return write_first_record_text(file, boost::json::serialize(boost::json::value_from(record)));
}

/// None where there is no such file (plain_file.hpp), or it isn't one of ours. Members that it
/// doesn't have keep their defaults.
template <class Record>
std::optional<Record> read_record(const std::filesystem::path& file) {
  const auto text = read_plain_file(file, record_bytes_max);
  if (!text) return std::nullopt;
  boost::json::error_code failure;
  const auto written = boost::json::parse(*text, failure);
  if (failure || !written.is_object()) return std::nullopt;
  auto whole = boost::json::value_from(Record{});
  for (auto& [name, value] : whole.as_object())
    if (const auto* given = written.as_object().if_contains(name)) value = *given;
  auto record = boost::json::try_value_to<Record>(whole);
  if (record.has_error()) return std::nullopt;
  return std::move(*record);
}

}  // namespace orrery
