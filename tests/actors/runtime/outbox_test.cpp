#include "actors/runtime/outbox.hpp"

#include <catch2/catch.hpp>

using namespace orrery;

namespace {

OwedCommand cordon(std::string node, std::string reason) {
  return {To<Node>{std::move(node), Node::Cordon{std::move(reason)}}, {}};
}

std::string reason_of(const Outbox::Lane& lane) {
  return std::get<Node::Cordon>(std::get<To<Node>>(lane.commands.front().command).command).reason;
}

}  // namespace

TEST_CASE("commands to one aggregate go one after the other, to others beside them") {
  Outbox outbox(10);
  outbox.push(cordon("n1", "first"));
  outbox.push(cordon("n1", "second"));
  outbox.push(cordon("n2", "other"));
  auto* first = outbox.next();
  auto* other = outbox.next();
  CHECK(reason_of(*first) == "first");
  CHECK(reason_of(*other) == "other");
  CHECK(outbox.next() == nullptr);
  outbox.settle(*first);
  CHECK(reason_of(*outbox.next()) == "second");
  CHECK(outbox.size() == 2);
}

TEST_CASE("a failed command is repeated before what came after it") {
  Outbox outbox(10);
  outbox.push(cordon("n1", "first"));
  auto* lane = outbox.next();
  outbox.fail(*lane);
  outbox.push(cordon("n1", "second"));
  CHECK(outbox.next() == nullptr);
  outbox.retry();
  lane = outbox.next();
  CHECK(reason_of(*lane) == "first");
  outbox.settle(*lane);
  CHECK(reason_of(*outbox.next()) == "second");
}

TEST_CASE("no more than the bound is in flight") {
  Outbox outbox(2);
  for (const auto* node : {"n1", "n2", "n3"}) outbox.push(cordon(node, "x"));
  auto* first = outbox.next();
  CHECK(outbox.next() != nullptr);
  CHECK(outbox.next() == nullptr);
  CHECK(outbox.in_flight() == 2);
  outbox.settle(*first);
  CHECK(outbox.next()->id == "n3");
}
