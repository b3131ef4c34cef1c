#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orrery {

/// Writes HTML and the SVG within. Every text and every value of an attribute is escaped here and
/// nowhere else, and elements close in the order in which they were opened.
class Markup {
 public:
  using Attributes = std::initializer_list<std::pair<std::string_view, std::string_view>>;

  /// Opens an element; `close` ends the one that was opened last. `name` and the names of
  /// attributes are our own words, never data.
  Markup& open(std::string_view name, Attributes attributes = {});
  Markup& close();
  Markup& text(std::string_view text);
  /// An element without content: `<path …/>`.
  Markup& empty(std::string_view name, Attributes attributes = {});
  /// An element with nothing but text.
  Markup& leaf(std::string_view name, std::string_view text, Attributes attributes = {});
  /// Our own markup as it stands: the doctype, the style sheet.
  Markup& verbatim(std::string_view markup);

  /// What has been written; everything must have been closed.
  std::string take();

 private:
  void escape(std::string_view text);
  void begin(std::string_view name, Attributes attributes);

  std::string text_;
  std::vector<std::string> open_;
};

}  // namespace orrery
