#include "events/folds/simulated_nodes.hpp"

#include <charconv>

#include <fmt/format.h>

namespace orrery {
namespace {

constexpr std::size_t digit_count_min = 6;

}  // namespace

std::string simulated_node_id(std::string_view cluster, std::uint32_t number) {
  return fmt::format("{}-{:06}", cluster, number);
}

std::string_view cluster_of_simulated_node(std::string_view node_id) {
  return number_of_simulated_node(node_id) ? node_id.substr(0, node_id.rfind('-'))
                                           : std::string_view{};
}

std::optional<std::uint32_t> number_of_simulated_node(std::string_view node_id) {
  const auto dash = node_id.rfind('-');
  if (dash == std::string_view::npos || dash == 0) return std::nullopt;
  const auto digits = node_id.substr(dash + 1);
  std::uint32_t number = 0;
  const auto* end = digits.data() + digits.size();
  const auto [stop, failure] = std::from_chars(digits.data(), end, number);
  if (failure != std::errc{} || stop != end || number == 0) return std::nullopt;
  // "west-7" is a node that somebody else named.
  const bool has_needless_zero = digits.size() > digit_count_min && digits.front() == '0';
  if (digits.size() < digit_count_min || has_needless_zero) return std::nullopt;
  return number;
}

}  // namespace orrery
