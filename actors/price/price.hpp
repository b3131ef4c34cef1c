#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include <boost/describe.hpp>

#include "actors/runtime/decision.hpp"
#include "events/billing_events.hpp"

namespace orrery {

/// The rules of the price of one product. Pure.
struct Price {
  static constexpr std::string_view stream_prefix = "price";

  /// It costs this from now on. The same again decides nothing.
  struct Change {
    PriceChanged price;
  };
  using Command = std::variant<Change>;
  using Event = std::variant<PriceChanged>;
  enum class Rejection : std::uint8_t {
    product_must_not_be_empty,
    price_must_not_be_negative,
    price_is_of_another_product
  };
  BOOST_DESCRIBE_NESTED_ENUM(Rejection, product_must_not_be_empty, price_must_not_be_negative,
                             price_is_of_another_product)

  struct Absent {
    bool operator==(const Absent&) const = default;
    BOOST_DESCRIBE_CLASS(Absent, (), (), (), ())
  };
  struct InForce {
    PriceChanged price;

    bool operator==(const InForce&) const = default;
    BOOST_DESCRIBE_CLASS(InForce, (), (price), (), ())
  };
  using State = std::variant<Absent, InForce>;

  static Decision<Event, Rejection> decide(const State& state, const Command& command);
  static State evolve(State state, const Event& event);
  static bool is_terminal(const State&) { return false; }
};

/// The id of a price's stream: "gpu_hours.a100-80gb", "disk_gb_hours.persistent-ssd".
std::string price_id(UsageMetric metric, std::string_view product);

}  // namespace orrery
