#include "sim/report/markup.hpp"

#include <cassert>

namespace orrery {

Markup& Markup::open(std::string_view name, Attributes attributes) {
  begin(name, attributes);
  text_ += '>';
  open_.emplace_back(name);
  return *this;
}

Markup& Markup::close() {
  assert(!open_.empty());
  text_.append("</").append(open_.back()) += '>';
  open_.pop_back();
  return *this;
}

Markup& Markup::text(std::string_view text) {
  escape(text);
  return *this;
}

Markup& Markup::empty(std::string_view name, Attributes attributes) {
  begin(name, attributes);
  text_ += "/>";
  return *this;
}

Markup& Markup::leaf(std::string_view name, std::string_view text, Attributes attributes) {
  return open(name, attributes).text(text).close();
}

Markup& Markup::verbatim(std::string_view markup) {
  text_ += markup;
  return *this;
}

std::string Markup::take() {
  assert(open_.empty());
  return std::exchange(text_, {});
}

void Markup::begin(std::string_view name, Attributes attributes) {
  (text_ += '<') += name;
  for (const auto& [attribute, value] : attributes) {
    (text_ += ' ').append(attribute) += "=\"";
    escape(value);
    text_ += '"';
  }
}

void Markup::escape(std::string_view text) {
  for (const auto character : text) {
    switch (character) {
      case '&':
        text_ += "&amp;";
        break;
      case '<':
        text_ += "&lt;";
        break;
      case '>':
        text_ += "&gt;";
        break;
      case '"':
        text_ += "&quot;";
        break;
      case '\'':
        text_ += "&#39;";
        break;
      default:
        text_ += character;
    }
  }
}

}  // namespace orrery
