#include "sim/checkers/charged_seconds.hpp"

#include <algorithm>

#include "events/stream_name.hpp"

namespace orrery {
namespace {

constexpr std::int64_t hour = 3'600;

/// The log of a world is of this century.
std::int64_t second_of(const RecordedEvent& recorded) {
  return recorded.time.time_since_epoch().count() / 1'000'000;
}

std::string text_of(std::int64_t from, std::int64_t until) {
  return "[" + std::to_string(from) + ", " + std::to_string(until) + ")";
}

}  // namespace

void ChargedSeconds::apply(const RecordedEvent& recorded) {
  last_s_ = second_of(recorded);
  const auto& event = recorded.event;
  if (const auto* placed = std::get_if<OrderPlaced>(&event)) {
    const Order order{placed->order_id, placed->terms, {}, {}, false, recorded.position};
    if (orders_.emplace(placed->instance_id, order).second)
      instance_of_order_[placed->order_id] = placed->instance_id;
  } else if (const auto* charged = std::get_if<UsageCharged>(&event)) {
    charge(recorded, *charged);
  } else if (std::holds_alternative<InstanceStarted>(event)) {
    start(recorded);
  } else if (std::holds_alternative<InstanceStopRequested>(event) ||
             std::holds_alternative<InstanceDeletionRequested>(event) ||
             std::holds_alternative<InstanceInterrupted>(event) ||
             std::holds_alternative<InstanceFailed>(event)) {
    end(recorded);
  }
}

ChargedSeconds::Order* ChargedSeconds::order_of(const RecordedEvent& recorded) {
  const auto found = orders_.find(std::string(stream_id(recorded.stream)));
  if (found == orders_.end()) return nullptr;
  const bool is_metered = found->second.terms.selling_type == SellingType::pay_as_you_go;
  return is_metered ? &found->second : nullptr;
}

void ChargedSeconds::append(std::vector<Seconds>& all, Seconds seconds) {
  if (!all.empty() && all.back().until == seconds.from)
    all.back().until = seconds.until;
  else
    all.push_back(seconds);
}

void ChargedSeconds::start(const RecordedEvent& recorded) {
  auto* order = order_of(recorded);
  if (order == nullptr) return;
  if (order->runs) violated(recorded.position, recorded.stream + " starts while it runs");
  order->runs = true;
  append(order->ran, {second_of(recorded), second_of(recorded)});
}

void ChargedSeconds::end(const RecordedEvent& recorded) {
  auto* order = order_of(recorded);
  if (order == nullptr || !order->runs) return;
  order->runs = false;
  auto& run = order->ran.back();
  run.until = second_of(recorded);
  if (run.from == run.until) order->ran.pop_back();
}

void ChargedSeconds::charge(const RecordedEvent& recorded, const UsageCharged& charged) {
  const auto found = instance_of_order_.find(charged.order_id);
  if (found == instance_of_order_.end())
    return violated(recorded.position, charged.order_id + " is charged, and was never placed");
  auto& order = orders_[found->second];
  const auto span = text_of(charged.from_s, charged.until_s);
  if (charged.from_s >= charged.until_s || charged.from_s / hour != (charged.until_s - 1) / hour)
    violated(recorded.position, span + " is not within one hour");
  if (!order.charged.empty() && charged.from_s < order.charged.back().until)
    violated(recorded.position, span + " of " + order.id + " is charged twice");
  if (charged.amount_fen != cost_fen(order.terms, {charged.from_s, charged.until_s}))
    violated(recorded.position, span + " doesn't cost " + std::to_string(charged.amount_fen));
  append(order.charged, {charged.from_s, charged.until_s});
}

/// Second by second.
std::int64_t ChargedSeconds::cost_fen(const OrderTerms& terms, const Seconds& seconds) {
  const auto& discount = terms.discount;
  const auto discounted = (terms.price_fen * discount.ratio_e4 + 5'000) / 10'000;
  std::int64_t sum = 0;
  for (auto second = seconds.from; second < seconds.until; ++second) {
    const bool is_discounted =
        !discount.id.empty() && second >= discount.starts_at_s && second < discount.ends_at_s;
    sum += is_discounted ? discounted : terms.price_fen;
  }
  const auto rounded = (sum + hour / 2) / hour;
  return sum > 0 ? std::max<std::int64_t>(rounded, 1) : 0;
}

void ChargedSeconds::at_rest() {
  for (auto& [instance_id, order] : orders_) compare(order);
}

void ChargedSeconds::compare(const Order& order) {
  auto expected = order.ran;
  if (order.runs) {
    // What goes on is charged up to the last full hour.
    auto& last = expected.back();
    last.until = last_s_ / hour * hour;
    if (last.until <= last.from) expected.pop_back();
  }
  const auto& charged = order.charged;
  const bool is_equal =
      std::ranges::equal(expected, charged, [&](const Seconds& ran, const Seconds& paid) {
        const bool goes_on = order.runs && &ran == &expected.back();
        return ran.from == paid.from &&
               (goes_on ? paid.until >= ran.until : paid.until == ran.until);
      });
  if (is_equal) return;
  std::string text = order.id + " ran";
  for (const auto& seconds : expected) text += " " + text_of(seconds.from, seconds.until);
  text += " and was charged for";
  for (const auto& seconds : charged) text += " " + text_of(seconds.from, seconds.until);
  violated(order.position, text);
}

}  // namespace orrery
