#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <simdjson.h>

namespace orrery {

/// Reads the fields of a body one by one and remembers the first that is wrong, so that the reader
/// stays a straight line: ask for every field, then ask for the problem. Fields that nobody asks
/// for are tolerated, and null counts as absent. The readers of nested objects share the problem of
/// the whole body and name their fields by their way from the root: "disks[1].mode". Copies are the
/// same reader.
class JsonFields {
 public:
  explicit JsonFields(simdjson::dom::object object)
      : object_(object), problem_(std::make_shared<std::optional<std::string>>()) {}

  /// Whether the field is there and isn't null.
  bool has(std::string_view name) const;

  /// The names of all fields, for an object that is a map. They live as long as the object.
  std::vector<std::string_view> names() const;

  /// A string of 1 to `size_max` bytes that must be there; empty where it is wrong. The view lives
  /// as long as the object.
  std::string_view required_string(std::string_view name, std::size_t size_max);

  /// A string of up to `size_max` bytes; nothing where it is absent or wrong.
  std::optional<std::string_view> optional_string(std::string_view name, std::size_t size_max);

  /// A whole number from `min` to `max`; nothing where it is absent or wrong.
  std::optional<std::int64_t> optional_integer(std::string_view name, std::int64_t min,
                                               std::int64_t max);

  std::optional<bool> optional_boolean(std::string_view name);

  /// Strings of 1 to `size_max` bytes, at most `count_max` of them; nothing where the array is
  /// absent or anything in it is wrong.
  std::optional<std::vector<std::string_view>> optional_strings(std::string_view name,
                                                                std::size_t count_max,
                                                                std::size_t size_max);

  /// A reader of the object in a field; nothing where it is absent or no object.
  std::optional<JsonFields> optional_object(std::string_view name);

  /// Readers of the objects in an array of at most `count_max`; nothing where it is absent or
  /// anything in it is no object.
  std::optional<std::vector<JsonFields>> optional_objects(std::string_view name,
                                                          std::size_t count_max);

  /// Makes `message` the problem of field `name`, where there is none yet. An empty name is this
  /// object itself, within its parent.
  void refuse(std::string_view name, std::string_view message);

  /// The first problem, such as "name must be a string"; nothing while all is well.
  const std::optional<std::string>& problem() const { return *problem_; }

 private:
  JsonFields(simdjson::dom::object object, std::shared_ptr<std::optional<std::string>> problem,
             std::string place)
      : object_(object), problem_(std::move(problem)), place_(std::move(place)) {}

  /// The field's value where it is there and isn't null.
  std::optional<simdjson::dom::element> find(std::string_view name) const;
  std::optional<simdjson::dom::array> find_array(std::string_view name, std::size_t count_max);

  simdjson::dom::object object_;
  std::shared_ptr<std::optional<std::string>> problem_;
  /// Where this object stands: empty for the body, "disks[1]" within it.
  std::string place_;
};

}  // namespace orrery
