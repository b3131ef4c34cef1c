#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <boost/system/result.hpp>

#include "actors/wallet/wallet.hpp"
#include "http/neolink/instance_request.hpp"
#include "http/neolink/route_table.hpp"
#include "projections/instances/instance_view.hpp"

namespace orrery::neolink {

/// The words of a create looked up: what the wallet is asked to order. Draws the uid, then the
/// names of the instance and its new volumes.
boost::system::result<OrderPlaced, Refusal> order_of(const NeolinkContext& context,
                                                     const Caller& caller, std::string_view cluster,
                                                     const InstanceRequest& words, IdSource& ids);

/// 409 where the cluster has no room for it now and lets nobody wait.
std::optional<Refusal> refusal_of_full_cluster(const NeolinkContext& context,
                                               const InstanceSpecification& specification);

/// The words of a renewal looked up.
struct Renewal {
  InstanceView::Instance instance;
  OrderTerms terms;
  std::uint32_t period_count = 0;
};
boost::system::result<Renewal, Refusal> renewal_of(const NeolinkContext& context,
                                                   const Caller& caller, std::string_view cluster,
                                                   const InstanceRequest& words);

/// Why the wallet takes no order with these terms; a lack of money is 402.
Refusal refusal_of(Wallet::Rejection rejection, const OrderTerms& terms, std::uint32_t period_count,
                   std::int64_t now_s);

}  // namespace orrery::neolink
