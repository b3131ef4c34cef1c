#include "actors/history/folded_aggregate.hpp"

#include <algorithm>
#include <optional>
#include <variant>

#include "actors/runtime/aggregates.hpp"
#include "events/archive.hpp"
#include "events/described_json.hpp"
#include "events/event_json.hpp"
#include "events/stream_name.hpp"

namespace orrery {
namespace {

template <class T>
constexpr bool is_variant = false;
template <class... T>
constexpr bool is_variant<std::variant<T...>> = true;

/// The event as the aggregate knows it; nullopt where it is none of its.
template <class A>
std::optional<typename A::Event> event_as(const Event& event) {
  return std::visit(
      []<class E>(const E& fact) -> std::optional<typename A::Event> {
        if constexpr (boost::mp11::mp_contains<typename A::Event, E>::value)
          return fact;
        else
          return std::nullopt;
      },
      event);
}

template <class A>
class FoldedAs : public FoldedAggregate {
 public:
  bool apply(const Event& event) override {
    const auto own = event_as<A>(event);
    if (!own) return false;
    try {
      state_ = A::evolve(std::move(state_), *own);
      return true;
    } catch (const std::exception&) {  // `std::bad_variant_access`: how rules meet a false history.
      return false;
    }
  }

  std::string phase() const override {
    if constexpr (is_variant<typename A::State>)
      return std::visit([]<class S>(const S&) { return described::alternative_name<S>(); }, state_);
    else
      return "present";
  }

  bool has_ended() const override { return A::is_terminal(state_); }

  boost::json::object fields() const override {
    if constexpr (is_variant<typename A::State>)
      return std::visit(
          [](const auto& state) { return described::members_json(state).as_object(); }, state_);
    else
      return described::members_json(state_).as_object();
  }

  void save(std::string& out) const override {
    ByteWriter writer(out);
    writer(state_);
  }

  std::unique_ptr<FoldedAggregate> clone() const override {
    return std::make_unique<FoldedAs>(*this);
  }

 private:
  typename A::State state_;
};

/// Of a stream that has no rules.
class LastFact : public FoldedAggregate {
 public:
  bool apply(const Event& event) override {
    if (!std::holds_alternative<LogLossAccepted>(event) &&
        !std::holds_alternative<LogForked>(event))
      return false;
    last_ = event;
    return true;
  }
  std::string phase() const override { return last_ ? "recorded" : "absent"; }
  bool has_ended() const override { return false; }
  boost::json::object fields() const override {
    return last_ ? payload_json(*last_).as_object() : boost::json::object();
  }
  void save(std::string&) const override {}
  std::unique_ptr<FoldedAggregate> clone() const override {
    return std::make_unique<LastFact>(*this);
  }

 private:
  std::optional<Event> last_;
};

struct Kind {
  std::string_view name;
  std::unique_ptr<FoldedAggregate> (*fold)() = nullptr;
};

template <class T>
std::unique_ptr<FoldedAggregate> make() {
  return std::make_unique<T>();
}

/// Sorted by name.
const std::vector<Kind>& kinds() {
  static const auto all = [] {
    std::vector<Kind> made{{"log", make<LastFact>}};
    boost::mp11::mp_for_each<boost::mp11::mp_transform<boost::mp11::mp_identity, Aggregates>>(
        [&]<class A>(boost::mp11::mp_identity<A>) {
          made.push_back({A::stream_prefix, make<FoldedAs<A>>});
        });
    std::ranges::sort(made, {}, &Kind::name);
    return made;
  }();
  return all;
}

}  // namespace

std::unique_ptr<FoldedAggregate> fold_of_stream(std::string_view stream) {
  const auto name = stream_aggregate(stream);
  const auto kind = std::ranges::lower_bound(kinds(), name, {}, &Kind::name);
  return kind != kinds().end() && kind->name == name ? kind->fold() : nullptr;
}

const std::vector<std::string_view>& stream_kinds() {
  static const auto names = [] {
    std::vector<std::string_view> all;
    for (const auto& kind : kinds()) all.push_back(kind.name);
    return all;
  }();
  return names;
}

}  // namespace orrery
