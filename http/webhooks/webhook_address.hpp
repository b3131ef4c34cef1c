#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <boost/system/result.hpp>

namespace orrery {

/// What is wrong with a webhook's URL, as a sentence.
struct AddressProblem {
  std::string message;
};
[[noreturn]] void throw_exception_from_error(const AddressProblem& problem,
                                             const boost::source_location& location);

/// Where a webhook's events go, and how many go together.
struct WebhookAddress {
  static constexpr std::uint32_t batch_count_max = 1000;
  static constexpr std::size_t url_bytes_max = 2000;

  /// "https://…" or "http://…", without a fragment.
  std::string url;
  /// 0: one event a request. Else a request carries a list of up to so many.
  std::uint32_t batch_count = 0;

  bool operator==(const WebhookAddress&) const = default;

  /// What a person gives. A URL with a user, a password or a fragment is refused: the first two
  /// would be shown to whoever may see webhooks, and the last is ours.
  static boost::system::result<WebhookAddress, AddressProblem> read(std::string_view url,
                                                                    std::uint32_t batch_count);

  /// As it stands in `WebhookRegistered::url`: the fragment, which no server is ever sent, says how
  /// many events go together.
  std::string stored() const;
  static WebhookAddress of_stored(std::string_view stored);
};

}  // namespace orrery
