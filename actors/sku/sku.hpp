#pragma once

#include <cstdint>
#include <string_view>
#include <variant>

#include <boost/describe.hpp>

#include "actors/runtime/decision.hpp"
#include "events/offer_events.hpp"

namespace orrery {

/// The rules of one SKU: a shape of computing instances and its price, offered or not. Pure.
struct Sku {
  static constexpr std::string_view stream_prefix = "sku";

  /// The same again is a retry; another replaces what was said before. A withdrawn one comes back.
  struct Declare {
    SkuDeclared offer;
  };
  struct Withdraw {};
  using Command = std::variant<Declare, Withdraw>;
  using Event = SkuEvent;
  enum class Rejection : std::uint8_t {
    region_must_not_be_empty,
    gpu_count_must_be_1_to_16,
    price_must_be_positive,
    discount_is_malformed,
  };
  BOOST_DESCRIBE_NESTED_ENUM(Rejection, region_must_not_be_empty, gpu_count_must_be_1_to_16,
                             price_must_be_positive, discount_is_malformed)

  /// Never declared, or withdrawn.
  struct Absent {
    bool operator==(const Absent&) const = default;
    BOOST_DESCRIBE_CLASS(Absent, (), (), (), ())
  };
  struct Offered {
    SkuDeclared offer;

    bool operator==(const Offered&) const = default;
    BOOST_DESCRIBE_CLASS(Offered, (), (offer), (), ())
  };
  using State = std::variant<Absent, Offered>;

  static Decision<Event, Rejection> decide(const State& state, const Command& command);
  static State evolve(State state, const Event& event);
  static bool is_terminal(const State&) { return false; }
};

}  // namespace orrery
