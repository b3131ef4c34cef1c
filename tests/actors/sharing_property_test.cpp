#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include "tests/support/sharing_scenario.hpp"

using namespace orrery;

namespace {

/// A random life of the marketplace: people register, are renamed and erased, with so few names
/// that they meet; machines are offered and withdrawn, come and go; questions are asked; the world
/// crashes, and commands arrive in any order that keeps those to one aggregate in theirs.
class RandomSharing {
 public:
  void live(std::size_t steps) {
    for (std::size_t i = 0; i < steps; ++i) {
      const auto what = *rc::gen::inRange<std::uint32_t>(0, 18);
      if (what < 8) world_.run_one(pick());
      if (what == 8 || what == 9)
        sharing::request(world_, std::to_string(++client_count_), any_name(), any_name());
      if (what == 10 || what == 11) sharing::rename(world_, any_client(), any_name(), any_name());
      if (what == 12 && *rc::gen::inRange(0, 2) == 0)
        world_.send<Client>(any_client(), Client::Erase{});
      if (what == 13) sharing::offer(world_, std::to_string(++node_count_), any_client(), 1);
      if (what == 14) world_.send<SharedNode>(any_node(), SharedNode::Withdraw{"deregistered"});
      if (what == 15) report();
      if (what == 16)
        sharing::ask(world_, std::to_string(++inference_count_), any_client(), any_node());
      if (what == 17) end_one();
      if (*rc::gen::inRange(0, 40) == 0) crash();
    }
  }

  void check_at_rest() {
    crash();
    world_.run(pick());
    if (const auto why = sharing::unrest_of(world_); !why.empty())
      RC_FAIL(why + ":\n" + world_.story());
    RC_ASSERT(world_.inference_process().waiting_count() == 0u);
    for (const auto& [id, inference] : world_.all<Inference>())
      RC_ASSERT(!std::holds_alternative<Inference::Waiting>(inference));
  }

 private:
  static std::function<std::size_t(std::size_t)> pick() {
    return [](std::size_t count) { return *rc::gen::inRange<std::size_t>(0, count); };
  }
  static std::string any_name() { return std::string(1, *rc::gen::inRange('a', 'd')); }
  static std::string any(std::uint32_t count) {
    return std::to_string(*rc::gen::inRange(1u, count + 2));
  }
  std::string any_client() const { return any(client_count_); }
  std::string any_node() const { return any(node_count_); }

  void report() {
    const auto node = node_id_of_shared(any_node());
    const auto what = *rc::gen::inRange(0, 4);
    if (what == 0) world_.send<Node>(node, Node::ReportLost{"silent"});
    if (what == 1) world_.send<Node>(node, Node::ReportReady{});
    if (what == 2) world_.send<Node>(node, Node::Cordon{"maintenance"});
    if (what == 3) world_.send<Node>(node, Node::Uncordon{});
  }

  void end_one() {
    const auto id = any(inference_count_);
    if (*rc::gen::inRange(0, 2) == 0)
      world_.send<Inference>(id, Inference::Answer{{{"client-1", "answer"}, {1'000, 3}}});
    else
      world_.send<Inference>(id, Inference::Fail{{"cancelled", "It was cancelled.", {}, {}}});
  }

  void crash() { world_ = RuleWorld::after_crash(world_, world_.log().size()); }

  RuleWorld world_;
  std::uint32_t client_count_ = 0;
  std::uint32_t node_count_ = 0;
  std::uint32_t inference_count_ = 0;
};

}  // namespace

TEST_CASE(
    "whatever happens, every name has one owner, every offer a node and every question ends") {
  CHECK(rc::check([] {
    RandomSharing sharing;
    sharing.live(*rc::gen::inRange<std::size_t>(1, 150));
    sharing.check_at_rest();
  }));
}
