#include "http/history/as_of_query.hpp"

#include <algorithm>

#include <boost/url/decode_view.hpp>
#include <boost/url/encoding_opts.hpp>
#include <boost/url/pct_string_view.hpp>

namespace orrery {
namespace {

constexpr std::string_view as_of_name = "as_of";

bool is_as_of(std::string_view name) {
  if (name == as_of_name) return true;
  if (name.find('%') == std::string_view::npos) return false;
  return boost::urls::decode_view(boost::urls::pct_string_view(name)) == as_of_name;
}

/// Calls `visit(parameter, name)` for each.
template <class Visit>
void visit_parameters(std::string_view query, const Visit& visit) {
  while (!query.empty()) {
    const auto parameter = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), parameter.size() + 1));
    visit(parameter, parameter.substr(0, parameter.find('=')));
  }
}

}  // namespace

std::optional<AsOfQuery> take_as_of(std::string_view query) {
  if (query.empty()) return std::nullopt;
  AsOfQuery taken;
  visit_parameters(query, [&](std::string_view parameter, std::string_view name) {
    if (!is_as_of(name) || taken.count++ > 0) return;
    const auto value = parameter.substr(std::min(parameter.size(), name.size() + 1));
    // A "+" stands for itself: a time may have an offset such as +09:00.
    taken.moment = boost::urls::pct_string_view(value).decode();
  });
  if (taken.count == 0) return std::nullopt;
  visit_parameters(query, [&](std::string_view parameter, std::string_view name) {
    if (is_as_of(name)) return;
    if (!taken.rest.empty()) taken.rest += '&';
    taken.rest += parameter;
  });
  return taken;
}

}  // namespace orrery
