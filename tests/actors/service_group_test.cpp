#include "actors/service_group/service_group.hpp"

#include <catch2/catch.hpp>

#include "events/folds/service_replicas.hpp"
#include "events/folds/service_words.hpp"
#include "tests/support/given.hpp"
#include "tests/support/play.hpp"
#include "tests/support/state_table.hpp"

using namespace orrery;

namespace {

ServiceGroupRequested request(std::uint32_t node_count = 2, std::uint32_t replica_count = 2) {
  ServiceGroupRequested request;
  request.specification.name = "vllm";
  request.node_count = node_count;
  request.replica_count = replica_count;
  for (std::uint32_t i = 0; i < node_count * replica_count; ++i)
    request.service_ids.push_back(std::to_string(17 + i));
  return request;
}

Given<ServiceGroup> wanted() { return given<ServiceGroup>({request()}); }
Given<ServiceGroup> cancelled() { return wanted().then({ServiceGroupCancelled{}}); }

}  // namespace

TEST_CASE("a group is requested once, exactly, and cancelled") {
  CHECK(given<ServiceGroup>({}).when(ServiceGroup::Create{request()}).value() ==
        decided<ServiceGroup>({request()}));
  CHECK(wanted().when(ServiceGroup::Create{request()}).value().empty());
  CHECK(wanted().when(ServiceGroup::Create{request(1, 2)}).error() ==
        ServiceGroup::Rejection::service_group_exists_already);
  CHECK(wanted().when(ServiceGroup::Cancel{}).value() ==
        decided<ServiceGroup>({ServiceGroupCancelled{}}));
  CHECK(cancelled().when(ServiceGroup::Cancel{}).value().empty());
  CHECK(given<ServiceGroup>({}).when(ServiceGroup::Cancel{}).error() ==
        ServiceGroup::Rejection::service_group_does_not_exist);
}

TEST_CASE("a group has 1 to 64 replicas, each with an id") {
  for (const auto& wrong : {request(0, 1), request(1, 0), request(13, 5)})
    CHECK(given<ServiceGroup>({}).when(ServiceGroup::Create{wrong}).error() ==
          ServiceGroup::Rejection::replica_count_must_be_1_to_64);
  auto nameless = request();
  nameless.service_ids.pop_back();
  CHECK(given<ServiceGroup>({}).when(ServiceGroup::Create{nameless}).error() ==
        ServiceGroup::Rejection::every_replica_needs_a_service_id);
  CHECK(given<ServiceGroup>({}).when(ServiceGroup::Create{request(8, 8)}).has_value());
}

TEST_CASE("replicas are counted node by node, each with its own name") {
  const auto last = request_of_replica("sg-17", request(), 3);
  CHECK(last.specification.name == "vllm-20");
  CHECK(last.replica == ServiceReplica{"sg-17", 3, 1, 4});
  CHECK(request_of_replica("sg-17", request(), 1).replica == ServiceReplica{"sg-17", 1, 0, 4});
}

TEST_CASE("what a service asks for is said in words") {
  CHECK(words_of({2, 32'768, 1, "A100-40GB", 15}) ==
        "1 GPU (A100-40GB), 2 CPUs and 32768 MiB of memory");
  CHECK(words_of({1, 0, 2, "", 0}) == "2 GPUs and 1 CPU");
  CHECK(words_of({0, 512, 0, "", 0}) == "512 MiB of memory");
  CHECK(words_of({}) == "nothing");
}

TEST_CASE("every state of a group answers every command as the table says", "[golden]") {
  check_state_table<ServiceGroup>({
      {{"absent", {}}, {"wanted", wanted().state}, {"cancelled", cancelled().state}},
      {{"create", ServiceGroup::Create{request()}},
       {"create, differently", ServiceGroup::Create{request(1, 2)}},
       {"create of none", ServiceGroup::Create{request(0, 1)}},
       {"cancel", ServiceGroup::Cancel{}}},
  });
}

TEST_CASE("whatever is commanded, a group is cancelled once at most") {
  CHECK(rc::check([&] {
    int cancelled_count = 0;
    play<ServiceGroup>({ServiceGroup::Create{request()}, ServiceGroup::Create{request(1, 1)},
                        ServiceGroup::Cancel{}},
                       [&](const ServiceGroup::State&, const ServiceGroup::Event& event) {
                         if (std::holds_alternative<ServiceGroupCancelled>(event))
                           RC_ASSERT(++cancelled_count == 1);
                       });
  }));
}
