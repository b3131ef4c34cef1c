// The views of the GPU marketplace: folding lives of inferences, memory for each that was asked, a
// snapshot and back, and what every request and every heartbeat looks up.
#include <string>
#include <vector>

#include <fmt/format.h>

#include "bench/bench_report.hpp"
#include "bench/resident_memory.hpp"
#include "projections/clients/client_view.hpp"
#include "projections/inferences/inference_view.hpp"
#include "projections/sharing/sharing_view.hpp"
#include "projections/sharing_usage/sharing_usage_view.hpp"

using namespace orrery;

namespace {

constexpr std::uint64_t client_count = 10'000;
constexpr std::uint64_t node_count = 1'000;

struct MarketViews {
  ClientView clients;
  SharingView sharing;
  InferenceView inferences;
  SharingUsageView usage;
  std::vector<View*> all{&clients, &sharing, &inferences, &usage};
};

std::string digest_text(std::uint64_t number) {
  std::string digest(32, 'd');
  for (auto& letter : digest) {
    number = number * 6'364'136'223'846'793'005ULL + 1'442'695'040'888'963'407ULL;
    letter = static_cast<char>(number >> 56);
  }
  return digest;
}

ClientView::Digest digest_of(std::uint64_t number) {
  ClientView::Digest digest;
  const auto text = digest_text(number);
  std::copy(text.begin(), text.end(), digest.begin());
  return digest;
}

/// Hands each event to all views, and counts it.
class Market {
 public:
  explicit Market(MarketViews& views) : views_(views) {}

  void begin() {
    for (std::uint64_t i = 1; i <= client_count; ++i) join(i);
    for (std::uint64_t i = 1; i <= node_count; ++i) {
      SharedNodeRegistered offer;
      offer.client_id = std::to_string(i);
      offer.model = "model-" + std::to_string(i % 20);
      offer.token_digest = digest_text(1'000'000 + i);
      tell("shared_node/" + std::to_string(i), offer);
      tell("node/shared-" + std::to_string(i), NodeBecameReady{});
    }
  }

  /// With a question of 300 bytes and an answer of 1,000, both sealed.
  void answer(std::uint64_t number) {
    const auto client = std::to_string(1 + number % client_count);
    const auto node = std::to_string(1 + number * 7 % node_count);
    const auto stream = "inference/" + std::to_string(number);
    const Sealed question{"client-" + client, std::string(340, 'q')};
    tell(stream, InferenceAsked{client, question, "model-" + std::to_string(number % 20), {}, {}});
    tell(stream, InferenceDispatched{node});
    tell(stream, InferenceAnswered{{"client-" + client, std::string(1'040, 'a')}, {250'000, 200}});
  }

  Position events() const { return position_; }
  double folding_s() const { return folding_s_; }

 private:
  void join(std::uint64_t number) {
    const auto id = std::to_string(number);
    ClientRegistered request;
    request.names = {{"client-" + id, std::string(60, 'u')},
                     {"client-" + id, std::string(70, 'm')},
                     digest_text(2'000'000 + number),
                     digest_text(3'000'000 + number)};
    request.password_hash = std::string(98, 'p');
    tell("client/" + id, request);
    tell("client/" + id, ClientNamesGranted{});
    tell("client/" + id, ClientSignedIn{"device-" + id, digest_text(number)});
  }

  void tell(const std::string& stream, Event event) {
    ++position_;
    const RecordedEvent recorded{
        position_, stream, 1, Time(std::chrono::milliseconds(position_)), {}, std::move(event)};
    const Stopwatch watch;
    for (auto* view : views_.all) view->apply(recorded);
    folding_s_ += watch.seconds();
  }

  MarketViews& views_;
  Position position_ = 0;
  double folding_s_ = 0;
};

void report(std::string_view what, std::string_view unit, double value, const std::string& more) {
  fmt::print(R"({{"bench":"{}","unit":"{}","measured":{:.1f}{}}})"
             "\n",
             what, unit, value, more);
}

/// Nanoseconds of one call; `sum` keeps the compiler from leaving it out.
template <class Call>
double nanoseconds(std::uint64_t calls, std::uint64_t& sum, const Call& call) {
  const Stopwatch watch;
  for (std::uint64_t i = 0; i < calls; ++i) sum += call(i) ? 1 : 0;
  return watch.seconds() * 1e9 / static_cast<double>(calls);
}

void measure_lookups(const MarketViews& views, std::uint64_t calls) {
  std::vector<ClientView::Digest> tokens;
  std::vector<std::string> names;
  for (std::uint64_t i = 0; i < 50; ++i) {
    tokens.push_back(digest_of(1 + i * 100));
    names.push_back(digest_text(2'000'001 + i * 100));
  }
  const auto node_token = digest_of(1'000'500);
  std::uint64_t found = 0;
  const auto token = nanoseconds(calls, found, [&](std::uint64_t i) {
    return views.clients.by_token(tokens[i % tokens.size()]).has_value();
  });
  const auto username = nanoseconds(calls, found, [&](std::uint64_t i) {
    return views.clients.by_username(names[i % names.size()]) != nullptr;
  });
  const auto node = nanoseconds(calls, found, [&](std::uint64_t) {
    return views.sharing.node_of_token(node_token) != nullptr;
  });
  const auto models = nanoseconds(calls / 10, found, [&](std::uint64_t) {
    return views.sharing.nodes_with("model-7").size() == node_count / 20;
  });
  report("market_lookups", "ns", token,
         fmt::format(R"(,"username_ns":{:.0f},"node_token_ns":{:.0f},"nodes_of_model_ns":{:.0f},)"
                     R"("found":{})",
                     username, node, models, found));
}

void measure_snapshot(const MarketViews& views) {
  const Stopwatch saving;
  std::vector<std::string> snapshots;
  std::size_t size = 0;
  for (const auto* view : views.all) {
    view->save(snapshots.emplace_back());
    size += snapshots.back().size();
  }
  const auto save_s = saving.seconds();
  MarketViews loaded;
  const Stopwatch loading;
  for (std::size_t i = 0; i < snapshots.size(); ++i) loaded.all[i]->load(snapshots[i]);
  report("market_load", "ms", loading.seconds() * 1e3,
         fmt::format(R"(,"save_ms":{:.1f},"mb":{:.1f})", save_s * 1e3,
                     static_cast<double>(size) / 1e6));
}

}  // namespace

int main(int argc, char** argv) {
  const bool tiny = wants_tiny(argc, argv);
  const std::uint64_t inference_count = tiny ? 1'000 : 300'000;
  MarketViews views;
  Market market(views);
  market.begin();
  const auto before = resident_bytes();
  for (std::uint64_t i = 1; i <= inference_count; ++i) market.answer(i);
  report("market_fold", "events/s", static_cast<double>(market.events()) / market.folding_s(),
         fmt::format(
             R"(,"events":{},"bytes_per_inference":{:.0f},"lines_of_usage":{})", market.events(),
             static_cast<double>(resident_bytes() - before) / static_cast<double>(inference_count),
             views.usage.usage({0, 1'000'000, {}, {}}).size()));
  measure_snapshot(views);
  measure_lookups(views, tiny ? 1'000 : 2'000'000);
}
