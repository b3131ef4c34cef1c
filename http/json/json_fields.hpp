#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <simdjson.h>

namespace orrery {

/// Reads the fields of a body one by one and remembers the first that is wrong, so that the reader
/// stays a straight line: ask for every field, then ask for the problem. Fields that nobody asks
/// for are tolerated, and null counts as absent.
class JsonFields {
 public:
  explicit JsonFields(simdjson::dom::object object) : object_(object) {}

  /// A string of 1 to `size_max` bytes that must be there; empty where it is wrong. The view lives
  /// as long as the object.
  std::string_view required_string(std::string_view name, std::size_t size_max);

  /// A string of up to `size_max` bytes; nothing where it is absent or wrong.
  std::optional<std::string_view> optional_string(std::string_view name, std::size_t size_max);

  /// Makes `message` the problem of field `name`, where there is none yet.
  void refuse(std::string_view name, std::string_view message);

  /// The first problem, such as "name must be a string"; nothing while all is well.
  const std::optional<std::string>& problem() const { return problem_; }

 private:
  simdjson::dom::object object_;
  std::optional<std::string> problem_;
};

}  // namespace orrery
