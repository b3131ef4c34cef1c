#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/system/result.hpp>

#include "http/json/json_body.hpp"
#include "http/mkinf/context.hpp"
#include "http/server/message.hpp"
#include "projections/runtime/prepared_answer.hpp"

namespace orrery::mkinf {

/// One answer's items at most, and as many where the client says nothing: the API has always
/// answered whole lists, so only long ones come in pages.
inline constexpr std::size_t list_items_max = 1000;

/// The page that `limit`, `next_token` and `prev_token` ask for.
struct ListQuery {
  PageRequest page;
  /// The client goes on from a page before or after, so there is one in the other direction.
  bool continued = false;
};
boost::system::result<std::size_t, JsonProblem> read_limit(const Request& request);
boost::system::result<ListQuery, JsonProblem> read_list_query(const MkinfContext& context,
                                                              const Request& request);

/// `{"items":[…]}`, and where the list goes on.
class ItemList {
 public:
  /// The bytes of one more item; empty ones are left out.
  void add(std::string_view item);

  /// `next_page_token` and `prev_page_token`; nothing where there is no such page.
  std::optional<std::string> next_token;
  std::optional<std::string> previous_token;

  std::string render() const;

 private:
  std::string items_;
};

/// `{"items":[…]}` of prepared bytes, with `next_page_token` and `prev_page_token` where there is
/// such a page. Items without bytes are left out.
std::string render_list(const MkinfContext& context, const ListQuery& query,
                        const Page<PreparedAnswer>& page);

/// The words of a filter such as "states=a,b"; none where the parameter is absent.
std::vector<std::string> filter_words(const Request& request, std::string_view name);

/// Whether a filter lets `word` through: no filter lets everything.
bool lets_through(const std::vector<std::string>& words, std::string_view word);

}  // namespace orrery::mkinf
