#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "http/gpushare/errors.hpp"
#include "http/gpushare/request_body.hpp"

namespace orrery::gpushare {

/// What a field may be besides its value.
struct Need {
  bool is_required = true;
  bool may_be_null = false;
};
inline constexpr Need required{};
inline constexpr Need optional{false, false};
inline constexpr Need nullable{false, true};

/// What was said of a field; of no use where it was wrong.
template <class T>
struct Given {
  bool is_given = false;
  /// Nothing: null.
  std::optional<T> value = {};

  explicit operator bool() const { return value.has_value(); }
  const T& operator*() const { return *value; }
  const T* operator->() const { return &*value; }
};

struct TextRules {
  /// In characters.
  std::size_t size_max = std::numeric_limits<std::size_t>::max();
  std::size_t size_min = 0;
  bool may_be_blank = false;
  /// Without the white space around it.
  bool is_trimmed = true;
};

/// Reads the fields of a body as a serializer of Django REST Framework would, and gathers
/// everything that is wrong, in its words. Ask for every field in the serializer's order, then for
/// the `refusal`. Fields that nobody asks for are tolerated. Copies are the same reader.
class Fields {
 public:
  /// `is_partial`: a PATCH, to which nothing is required. A body that is no object is refused.
  explicit Fields(const Body& body, bool is_partial = false);

  /// A string; numbers are taken as they are written.
  Given<std::string> text(std::string_view name, Need need = required, const TextRules& rules = {});
  /// `text` that is a mail address.
  Given<std::string> email(std::string_view name, Need need = required);
  /// `text` that may be a username: 150 letters, digits and @ . + - _ at most.
  Given<std::string> username(std::string_view name, Need need = required);
  /// A whole number, or one in digits.
  Given<std::int64_t> integer(std::string_view name, Need need = required,
                              std::int64_t min = std::numeric_limits<std::int64_t>::min(),
                              std::int64_t max = std::numeric_limits<std::int64_t>::max());
  Given<bool> truth(std::string_view name, Need need = required);
  Given<std::string> choice(std::string_view name, std::span<const std::string_view> choices,
                            Need need = required);
  /// The id of a row, a number or one in digits, as a decimal number. `exists`: whether this caller
  /// may name it.
  Given<std::string> row(std::string_view name,
                         const std::function<bool(std::string_view id)>& exists,
                         Need need = required);
  /// A reader of the object in a field; nothing where it is absent or none. Its problems are this
  /// one's too.
  std::optional<Fields> nested(std::string_view name, Need need = required);

  /// Adds a problem of a field. "non_field_errors" is the whole of this object.
  void refuse(std::string_view name, std::string_view sentence);

  /// Whether anything is wrong so far.
  bool is_wrong() const { return !problems_->empty(); }
  /// 400 with all problems; nothing while all is well.
  std::optional<Refusal> refusal() const;

 private:
  struct Found;

  Fields() = default;

  Found find(std::string_view name, Need need, bool may_be_blank = false);
  /// What was said, as text; nothing where it is none, or was refused.
  std::optional<std::string> text_in(std::string_view name, const boost::json::value& value,
                                     const TextRules& rules);

  boost::json::object object_;
  /// Or everything about it has been said.
  bool is_object_ = true;
  bool is_form_ = false;
  bool is_partial_ = false;
  /// Of the whole body.
  std::shared_ptr<boost::json::object> problems_;
  /// Where this object stands in it.
  std::vector<std::string> place_;
};

}  // namespace orrery::gpushare
