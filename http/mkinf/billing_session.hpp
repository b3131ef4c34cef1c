#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <boost/describe.hpp>

#include "events/envelope.hpp"
#include "http/auth/edge_secret.hpp"

namespace orrery::mkinf {

/// Names an organization's billing page for some time, without being stored: the text carries the
/// organization and its end, and a keyed digest that nobody else can make.
struct BillingSession {
  std::string organization_id;
  Time ends_at{};
  /// Where the page leads back to; empty for nowhere.
  std::string return_url;

  BOOST_DESCRIBE_CLASS(BillingSession, (), (organization_id, ends_at, return_url), (), ())
};

/// Safe within a path of a URL.
std::string to_text(const BillingSession& session, const EdgeSecret& secret);

/// Nothing where the text was not made by `to_text` with the same secret.
std::optional<BillingSession> read_billing_session(std::string_view text, const EdgeSecret& secret);

}  // namespace orrery::mkinf
