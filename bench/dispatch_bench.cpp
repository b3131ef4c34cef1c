// What it costs to find the least busy of many nodes with a model: the choice alone, as the
// dispatcher makes it for every question.
#include <cstdio>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "bench/bench_report.hpp"
#include "http/gpushare/dispatch_desk.hpp"
#include "projections/clients/client_view.hpp"
#include "projections/sharing/sharing_view.hpp"

using namespace orrery;

namespace {

constexpr std::string_view model = "tiny";

/// Nodes that are always there, and are never asked.
class ReachableNodes : public gpushare::ModelSource {
 public:
  bool is_reachable(const SharedNodeDetails&) const override { return true; }
  std::shared_ptr<gpushare::ModelCall> start(const SharedNodeDetails&, std::string,
                                             std::shared_ptr<gpushare::TokenSink>) override {
    return nullptr;
  }
};

/// So many approved providers with a node each.
void fill(ClientView& clients, SharingView& sharing, std::size_t node_count) {
  Position position = 0;
  const auto tell = [&](std::string stream, Event event) {
    const RecordedEvent recorded{++position, std::move(stream), position, Time{},
                                 {},         std::move(event)};
    clients.apply(recorded);
    sharing.apply(recorded);
  };
  for (std::size_t i = 1; i <= node_count; ++i) {
    const auto id = std::to_string(i);
    ClientRegistered person;
    person.names.username_key = "u" + id;
    person.names.email_key = "e" + id;
    tell("client/" + id, person);
    tell("client/" + id, ClientNamesGranted{});
    tell("client/" + id, ClientBecameProvider{});
    tell("client/" + id, ClientProviderApproved{});
    SharedNodeRegistered offer;
    offer.client_id = id;
    offer.model = model;
    offer.token_digest = fmt::format("{:032}", i);
    offer.concurrency = static_cast<std::uint32_t>(i % 4);
    tell("shared_node/" + id, offer);
    tell("node/shared-" + id, NodeBecameReady{});
  }
}

}  // namespace

int main(int argc, char** argv) {
  const bool is_tiny = wants_tiny(argc, argv);
  const std::size_t node_count = is_tiny ? 20 : 1'000;
  const std::size_t question_count = is_tiny ? 100 : 20'000;
  ClientView clients;
  SharingView sharing;
  fill(clients, sharing, node_count);
  ReachableNodes nodes;
  gpushare::Dispatcher::Dependencies needed;
  needed.clients = &clients;
  needed.sharing = &sharing;
  needed.agents = needed.endpoints = &nodes;
  gpushare::DispatchDesk desk(needed, {});
  std::size_t hash = 0;
  std::vector<std::string> under_way;
  const auto now = std::chrono::steady_clock::now();
  const Stopwatch watch;
  for (std::size_t i = 0; i < question_count; ++i) {
    const auto node = desk.choose(model, {}, now);
    if (!node) return 1;
    hash = hash * 31 + std::stoul(node->id);
    under_way.push_back(node->id);
    // As many are under way as there are nodes.
    if (i >= node_count) desk.loads.give_back(under_way[i - node_count]);
  }
  const auto taken_us = watch.seconds() * 1e6 / static_cast<double>(question_count);
  std::puts(fmt::format(R"({{"bench": "dispatch", "unit": "us a choice", "measured": {:.1f},)"
                        R"( "node_count": {}, "hash": "{:x}"}})",
                        taken_us, node_count, hash)
                .c_str());
}
