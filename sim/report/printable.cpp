#include "sim/report/printable.hpp"

#include <iterator>

#include <boost/locale/utf.hpp>

namespace orrery {
namespace {

using Utf8 = boost::locale::utf::utf_traits<char>;
using boost::locale::utf::code_point;

constexpr code_point replacement = 0xFFFD;
constexpr code_point ellipsis = 0x2026;

/// Controls (C0, DEL, C1), marks that turn the direction of writing, ends of lines and paragraphs,
/// and what is no character at all.
bool is_unfit(code_point point) {
  if (point < 0x20 || (point >= 0x7F && point < 0xA0)) return true;
  if (point == 0x061C || (point >= 0x200E && point <= 0x200F)) return true;
  if ((point >= 0x2028 && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069)) return true;
  if (point == 0xFEFF || (point >= 0xFDD0 && point <= 0xFDEF)) return true;
  return (point & 0xFFFE) == 0xFFFE;
}

}  // namespace

std::string printable(std::string_view bytes, std::size_t length_max) {
  std::string text;
  std::size_t length = 0;
  const auto* next = bytes.data();
  const auto* const end = next + bytes.size();
  while (next != end) {
    if (length++ == length_max) {
      Utf8::encode(ellipsis, std::back_inserter(text));
      break;
    }
    const auto* const first = next;
    auto point = Utf8::decode(next, end);
    if (point == boost::locale::utf::illegal || point == boost::locale::utf::incomplete) {
      next = first + 1;  // One bad byte is one mark, whatever a decoder has skipped.
      point = replacement;
    }
    Utf8::encode(is_unfit(point) ? replacement : point, std::back_inserter(text));
  }
  return text;
}

}  // namespace orrery
