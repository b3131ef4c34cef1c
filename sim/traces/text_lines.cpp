#include "sim/traces/text_lines.hpp"

namespace orrery {

TextLines::TextLines(std::string_view text) : rest_(text) {
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  if (rest_.starts_with(byte_order_mark)) rest_.remove_prefix(byte_order_mark.size());
}

std::optional<TextLine> TextLines::next() {
  if (rest_.empty()) return std::nullopt;
  const auto end = rest_.find('\n');
  auto line = rest_.substr(0, end);
  rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return TextLine{++number_, line};
}

}  // namespace orrery
