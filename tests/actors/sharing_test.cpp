#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include "actors/gpu_record/gpu_record.hpp"
#include "actors/inference/inference.hpp"
#include "actors/shared_node/shared_node.hpp"
#include "actors/shared_node/shared_node_of.hpp"
#include "tests/support/given.hpp"
#include "tests/support/play.hpp"
#include "tests/support/state_table.hpp"

using namespace orrery;

namespace {

GpuRecordCreated record(const std::string& client_id = "7") {
  GpuRecordCreated record;
  record.client_id = client_id;
  record.facts.gpu_info = "NVIDIA GeForce RTX 4090";
  record.request_id = "r1";
  return record;
}

const GpuRecordChanged larger{"7", {"2x NVIDIA GeForce RTX 4090", {}, {}, {}, {}, {}, {}, {}, {}}};

Given<GpuRecord> kept() { return given<GpuRecord>({record()}); }
Given<GpuRecord> deleted_record() { return kept().then({GpuRecordDeleted{}}); }

SharedNodeRegistered offer(const std::string& model = "tiny") {
  SharedNodeRegistered offer;
  offer.client_id = "7";
  offer.gpu_record_id = "3";
  offer.model = model;
  offer.token_digest.assign(32, 'd');
  offer.cpu_count = 4;
  return offer;
}

Given<SharedNode> offered() { return given<SharedNode>({offer()}); }
Given<SharedNode> withdrawn() { return offered().then({SharedNodeWithdrawn{"deregistered"}}); }

InferenceAsked question(const std::string& model = "tiny") {
  return {"7", {"client-7", "question"}, model, "r1", "digest"};
}

const InferenceAnswered answer{{"client-7", "answer"}, {1'000, 3}};
const InferenceFailed failure{"node_failed", "The node failed.", {}, {}};
const InferenceChanged edited{"7", {"client-7", "other words"}, "tiny"};

Given<Inference> asked() { return given<Inference>({question()}); }
Given<Inference> dispatched() { return asked().then({InferenceDispatched{"1"}}); }
Given<Inference> dispatched_twice() { return dispatched().then({InferenceDispatched{"2"}}); }
Given<Inference> answered() { return dispatched().then({answer}); }
Given<Inference> failed() { return asked().then({failure}); }
Given<Inference> deleted() { return answered().then({InferenceDeleted{}}); }

}  // namespace

TEST_CASE("a machine is described, changed and forgotten") {
  using Rejection = GpuRecord::Rejection;
  CHECK(given<GpuRecord>({}).when(GpuRecord::Create{record()}).value() ==
        decided<GpuRecord>({record()}));
  CHECK(given<GpuRecord>({}).when(GpuRecord::Delete{}).error() ==
        Rejection::gpu_record_does_not_exist);
  CHECK(kept().when(GpuRecord::Create{record()}).value().empty());
  CHECK(kept().when(GpuRecord::Create{record("8")}).error() ==
        Rejection::gpu_record_exists_already);
  CHECK(kept().when(GpuRecord::Change{larger}).value() == decided<GpuRecord>({larger}));
  CHECK(kept().then({larger}).when(GpuRecord::Create{record()}).value().empty());
  CHECK(deleted_record().when(GpuRecord::Change{larger}).error() ==
        Rejection::gpu_record_is_deleted);
  check_state_table<GpuRecord>({
      {{"absent", {}},
       {"kept", kept().state},
       {"changed", kept().then({larger}).state},
       {"deleted", deleted_record().state}},
      {{"create", GpuRecord::Create{record()}},
       {"create, differently", GpuRecord::Create{record("8")}},
       {"change", GpuRecord::Change{larger}},
       {"delete", GpuRecord::Delete{}}},
  });
}

TEST_CASE("a machine is offered with a model and a token, and withdrawn once") {
  using Rejection = SharedNode::Rejection;
  CHECK(given<SharedNode>({}).when(SharedNode::Register{offer()}).value() ==
        decided<SharedNode>({offer()}));
  CHECK(given<SharedNode>({}).when(SharedNode::Register{offer("")}).error() ==
        Rejection::model_must_not_be_empty);
  auto tokenless = offer();
  tokenless.token_digest.clear();
  CHECK(given<SharedNode>({}).when(SharedNode::Register{tokenless}).error() ==
        Rejection::token_digest_must_have_32_bytes);
  CHECK(given<SharedNode>({}).when(SharedNode::Withdraw{"deregistered"}).error() ==
        Rejection::shared_node_does_not_exist);
  CHECK(offered().when(SharedNode::Register{offer("large")}).error() ==
        Rejection::shared_node_exists_already);
  check_state_table<SharedNode>({
      {{"absent", {}}, {"offered", offered().state}, {"withdrawn", withdrawn().state}},
      {{"register", SharedNode::Register{offer()}},
       {"register, differently", SharedNode::Register{offer("large")}},
       {"register without a model", SharedNode::Register{offer("")}},
       {"register without a token", SharedNode::Register{tokenless}},
       {"withdraw", SharedNode::Withdraw{"deregistered"}}},
  });
}

TEST_CASE("the node of an offer is known by its id") {
  CHECK(node_id_of_shared("12") == "shared-12");
  CHECK(shared_node_of("shared-12") == "12");
  CHECK_FALSE(shared_node_of("us-east1-a-node-12").has_value());
}

TEST_CASE("a question is dispatched twice at most, and answered or failed once") {
  using Rejection = Inference::Rejection;
  const auto nobody = given<Inference>({});
  CHECK(nobody.when(Inference::Ask{question(), "1"}).value() ==
        decided<Inference>({question(), InferenceDispatched{"1"}}));
  CHECK(nobody.when(Inference::Ask{question(), ""}).value() == decided<Inference>({question()}));
  CHECK(nobody.when(Inference::Dispatch{"1"}).error() == Rejection::inference_does_not_exist);
  CHECK(asked().when(Inference::Answer{answer}).error() == Rejection::inference_is_not_dispatched);
  CHECK(asked().when(Inference::Fail{failure}).value() == decided<Inference>({failure}));
  CHECK(dispatched().when(Inference::Dispatch{"1"}).value().empty());
  CHECK(dispatched().when(Inference::Dispatch{"2"}).value() ==
        decided<Inference>({InferenceDispatched{"2"}}));
  CHECK(dispatched_twice().when(Inference::Dispatch{"3"}).error() ==
        Rejection::inference_was_dispatched_twice);
  CHECK(answered().when(Inference::Fail{failure}).value().empty());
  CHECK(failed().when(Inference::Answer{answer}).value().empty());
  CHECK(answered().when(Inference::Dispatch{"2"}).error() == Rejection::inference_has_ended);
}

TEST_CASE("the record of a question is edited and deleted once it has ended") {
  using Rejection = Inference::Rejection;
  CHECK(dispatched().when(Inference::Change{edited}).error() == Rejection::inference_has_not_ended);
  CHECK(dispatched().when(Inference::Delete{}).error() == Rejection::inference_has_not_ended);
  CHECK(answered().when(Inference::Change{edited}).value() == decided<Inference>({edited}));
  CHECK(answered().then({edited}).when(Inference::Ask{question(), "1"}).value().empty());
  CHECK(deleted().when(Inference::Change{edited}).error() == Rejection::inference_is_deleted);
  CHECK(deleted().when(Inference::Ask{question(), "1"}).error() ==
        Rejection::inference_exists_already);
}

TEST_CASE("every state of an inference answers every command as the table says", "[golden]") {
  check_state_table<Inference>({
      {{"absent", {}},
       {"asked", asked().state},
       {"dispatched", dispatched().state},
       {"dispatched twice", dispatched_twice().state},
       {"answered", answered().state},
       {"failed", failed().state},
       {"edited", answered().then({edited}).state},
       {"deleted", deleted().state}},
      {{"ask", Inference::Ask{question(), "1"}},
       {"ask without a node", Inference::Ask{question(), ""}},
       {"ask, differently", Inference::Ask{question("large"), "1"}},
       {"dispatch", Inference::Dispatch{"1"}},
       {"dispatch elsewhere", Inference::Dispatch{"3"}},
       {"answer", Inference::Answer{answer}},
       {"fail", Inference::Fail{failure}},
       {"change", Inference::Change{edited}},
       {"delete", Inference::Delete{}}},
  });
}

TEST_CASE("whatever is commanded, a machine's description comes and goes once") {
  CHECK(rc::check([&] {
    play<GpuRecord>({GpuRecord::Create{record()}, GpuRecord::Create{record("8")},
                     GpuRecord::Change{larger}, GpuRecord::Change{{"7", {}}}, GpuRecord::Delete{}},
                    [&](const GpuRecord::State& before, const GpuRecord::Event& event) {
                      RC_ASSERT(!GpuRecord::is_terminal(before));
                      RC_ASSERT(std::holds_alternative<GpuRecordCreated>(event) ==
                                std::holds_alternative<GpuRecord::Absent>(before));
                    });
  }));
}

TEST_CASE("whatever is commanded, an offer is made once and withdrawn once") {
  CHECK(rc::check([&] {
    play<SharedNode>({SharedNode::Register{offer()}, SharedNode::Register{offer("large")},
                      SharedNode::Withdraw{"deregistered"}, SharedNode::Withdraw{"owner_erased"}},
                     [&](const SharedNode::State& before, const SharedNode::Event& event) {
                       RC_ASSERT(!SharedNode::is_terminal(before));
                       RC_ASSERT(std::holds_alternative<SharedNodeRegistered>(event) ==
                                 std::holds_alternative<SharedNode::Absent>(before));
                     });
  }));
}

TEST_CASE("whatever is commanded, an inference ends once, after two nodes at most") {
  const std::vector<Inference::Command> commands{
      Inference::Ask{question(), "1"}, Inference::Ask{question(), ""}, Inference::Dispatch{"1"},
      Inference::Dispatch{"2"},        Inference::Dispatch{"3"},       Inference::Answer{answer},
      Inference::Fail{failure},        Inference::Change{edited},      Inference::Delete{}};
  CHECK(rc::check([&] {
    int dispatches = 0, ends = 0;
    play<Inference>(commands, [&](const Inference::State& before, const Inference::Event& event) {
      RC_ASSERT(!Inference::is_terminal(before));
      if (std::holds_alternative<InferenceDispatched>(event)) {
        RC_ASSERT(ends == 0);
        RC_ASSERT(++dispatches <= 2);
      } else if (std::holds_alternative<InferenceAnswered>(event)) {
        RC_ASSERT(dispatches > 0);
        RC_ASSERT(++ends == 1);
      } else if (std::holds_alternative<InferenceFailed>(event)) {
        RC_ASSERT(++ends == 1);
      } else if (!std::holds_alternative<InferenceAsked>(event)) {
        RC_ASSERT(ends == 1);
      }
    });
  }));
}
