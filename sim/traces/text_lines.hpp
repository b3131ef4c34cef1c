#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace orrery {

struct TextLine {
  std::uint32_t number = 0;  // From 1.
  std::string_view text;
};

/// The lines of a text, one after the other: without a byte order mark before the first, without
/// the carriage return of Windows, the last perhaps without its end.
class TextLines {
 public:
  explicit TextLines(std::string_view text);

  std::optional<TextLine> next();

 private:
  std::string_view rest_;
  std::uint32_t number_ = 0;
};

}  // namespace orrery
