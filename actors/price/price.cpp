#include "actors/price/price.hpp"

namespace orrery {

using Answer = Decision<Price::Event, Price::Rejection>;

namespace {

Answer decide_change(const PriceChanged& price) {
  if (price.product.empty()) return Price::Rejection::product_must_not_be_empty;
  if (price.micro_usd_per_hour < 0) return Price::Rejection::price_must_not_be_negative;
  return happens<Answer>(price);
}

}  // namespace

Answer Price::decide(const State& state, const Command& command) {
  return std::visit(
      Match{
          [](const Absent&, const Change& change) { return decide_change(change.price); },
          [](const InForce& known, const Change& change) -> Answer {
            if (change.price == known.price) return nothing_happens<Answer>();
            if (change.price.metric != known.price.metric ||
                change.price.product != known.price.product)
              return Rejection::price_is_of_another_product;
            return decide_change(change.price);
          },
      },
      state, command);
}

Price::State Price::evolve(State, const Event& event) {
  return std::visit([](const PriceChanged& price) -> State { return InForce{price}; }, event);
}

std::string price_id(UsageMetric metric, std::string_view product) {
  std::string id = boost::describe::enum_to_string(metric, "unknown");
  return id.append(".").append(product);
}

}  // namespace orrery
