#include "http/mkinf/list_query.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <ranges>

#include <fmt/format.h>
#include <boost/algorithm/string/classification.hpp>
#include <boost/algorithm/string/split.hpp>

#include "http/mkinf/page_token.hpp"

namespace orrery::mkinf {

namespace {

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, value);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return value;
}

}  // namespace

boost::system::result<std::size_t, JsonProblem> read_limit(const Request& request) {
  const auto text = request.query_parameter("limit");
  if (text.empty()) return list_items_max;
  const auto limit = number(text);
  if (!limit || *limit == 0 || *limit > list_items_max)
    return JsonProblem{fmt::format("limit must be a number from 1 to {}", list_items_max)};
  return *limit;
}

boost::system::result<ListQuery, JsonProblem> read_list_query(const MkinfContext& context,
                                                              const Request& request) {
  const auto limit = read_limit(request);
  if (!limit) return limit.error();
  ListQuery query;
  query.page.limit = *limit;
  const auto next = request.query_parameter("next_token");
  const auto previous = request.query_parameter("prev_token");
  if (next.empty() && previous.empty()) return query;
  const auto place = read_page_token(next.empty() ? previous : next, context.secret);
  if (!place) return JsonProblem{next.empty() ? "prev_token is unknown" : "next_token is unknown"};
  query.page.after = *place;
  query.page.direction = next.empty() ? Direction::newest_first : Direction::oldest_first;
  query.continued = true;
  return query;
}

void ItemList::add(std::string_view item) {
  if (item.empty()) return;
  if (!items_.empty()) items_.push_back(',');
  items_.append(item);
}

std::string ItemList::render() const {
  std::string body = R"({"items":[)" + items_ + "]";
  if (next_token) body += fmt::format(R"(,"next_page_token":"{}")", *next_token);
  if (previous_token) body += fmt::format(R"(,"prev_page_token":"{}")", *previous_token);
  body.push_back('}');
  return body;
}

std::string render_list(const MkinfContext& context, const ListQuery& query,
                        const Page<PreparedAnswer>& page) {
  const bool backwards = query.page.direction == Direction::newest_first;
  auto items = page.items;
  if (backwards) std::ranges::reverse(items);  // Oldest first, from wherever one comes.

  ItemList list;
  for (const auto& placed : items) list.add(*placed.item.body);
  const bool has_next = backwards ? query.continued : page.more;
  const bool has_previous = backwards ? page.more : query.continued;
  const auto beyond = page.next;  // Where the view goes on in the direction asked for.
  const auto back = items.empty() ? query.page.after : page.items.front().place;
  const auto token = [&](Position place) { return page_token(place, context.secret); };
  if (has_next) list.next_token = token(backwards ? back : beyond);
  if (has_previous) list.previous_token = token(backwards ? beyond : back);
  return list.render();
}

std::vector<std::string> filter_words(const Request& request, std::string_view name) {
  std::vector<std::string> words;
  const auto text = request.query_parameter(name);
  if (!text.empty()) boost::algorithm::split(words, text, boost::algorithm::is_any_of(","));
  return words;
}

bool lets_through(const std::vector<std::string>& words, std::string_view word) {
  return words.empty() || std::ranges::find(words, word) != words.end();
}

}  // namespace orrery::mkinf
