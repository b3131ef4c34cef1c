#pragma once

#include <string_view>

#include <boost/json/object.hpp>

#include "http/auth/edge_secret.hpp"
#include "projections/instances/instance_view.hpp"
#include "projections/offers/offers_view.hpp"

namespace orrery::neolink {

/// The API's name of a state, such as "Shutting Down".
std::string_view status_name(InstanceState state);

/// Only the answer about one instance lacks the annotation `neolink.ai/saveDataEnabled`.
enum class InstanceForm : std::uint8_t { one, listed };

/// The instance object of the document, key for key and in its order. What opens the instance
/// (Jupyterlab's token, the password of SSH) follows from the edge's secret and is stored nowhere.
boost::json::object instance_json(const InstanceDetails& instance, const Offers& offers,
                                  const EdgeSecret& secret, InstanceForm form);

/// The instance as it was when it was ordered: how its create is answered, whenever.
InstanceDetails as_ordered(const OrderPlaced& order, Time ordered_at);

}  // namespace orrery::neolink
