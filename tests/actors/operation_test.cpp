#include <catch2/catch.hpp>

#include "actors/operation/operation.hpp"
#include "tests/support/given.hpp"
#include "tests/support/state_table.hpp"

using namespace orrery;

namespace {

const OperationStarted request{"p1", "vm-1", DeleteVm{}};
const OperationStarted another{"p1", "vm-2", DeleteVm{}};

Given<Operation> in_progress() { return given<Operation>({request}); }
Given<Operation> succeeded() { return in_progress().then({OperationSucceeded{}}); }
Given<Operation> failed() { return in_progress().then({OperationFailed{"cancelled", "no"}}); }

}  // namespace

TEST_CASE("an operation starts once and keeps its request to the end") {
  CHECK(given<Operation>({}).when(Operation::Start{request}).value() ==
        decided<Operation>({request}));
  for (const auto& operation : {in_progress(), succeeded(), failed()}) {
    CHECK(operation.when(Operation::Start{request}).value().empty());
    CHECK(operation.when(Operation::Start{another}).error() ==
          Operation::Rejection::operation_is_another);
  }
}

TEST_CASE("an operation ends once, and in one way") {
  CHECK(in_progress().when(Operation::Succeed{}).value() ==
        decided<Operation>({OperationSucceeded{}}));
  CHECK(succeeded().when(Operation::Succeed{}).value().empty());
  CHECK(failed().when(Operation::Fail{"node_lost", ""}).value().empty());
  CHECK(succeeded().when(Operation::Fail{"node_lost", ""}).error() ==
        Operation::Rejection::operation_has_ended_differently);
  CHECK(given<Operation>({}).when(Operation::Succeed{}).error() ==
        Operation::Rejection::operation_does_not_exist);
}

TEST_CASE("every state of an operation answers every command as the table says", "[golden]") {
  check_state_table<Operation>({
      {{"absent", {}},
       {"in progress", in_progress().state},
       {"succeeded", succeeded().state},
       {"failed", failed().state}},
      {{"start", Operation::Start{request}},
       {"start another", Operation::Start{another}},
       {"succeed", Operation::Succeed{}},
       {"fail", Operation::Fail{"node_lost", "The node is gone."}}},
  });
}
