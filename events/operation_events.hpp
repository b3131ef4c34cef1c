#pragma once

#include <string>
#include <variant>

#include <boost/describe.hpp>

#include "events/vm_events.hpp"

namespace orrery {

/// Create a VM with these properties.
struct CreateVm {
  VmSpecification specification;
  VmIdentity identity;

  bool operator==(const CreateVm&) const = default;
  BOOST_DESCRIBE_CLASS(CreateVm, (), (specification, identity), (), ())
};

/// Stop a VM and delete it.
struct DeleteVm {
  bool operator==(const DeleteVm&) const = default;
  BOOST_DESCRIBE_CLASS(DeleteVm, (), (), (), ())
};

/// What an operation is to achieve. New kinds go to the end: the index is stored.
using OperationGoal = std::variant<CreateVm, DeleteVm>;

/// An asynchronous request was accepted. Stream: operation/<id>. Every operation ends.
struct OperationStarted {
  std::string project_id;
  /// Id of the VM that it is about; the VM itself may not exist yet.
  std::string target_id;
  OperationGoal goal;

  bool operator==(const OperationStarted&) const = default;
  BOOST_DESCRIBE_CLASS(OperationStarted, (), (project_id, target_id, goal), (), ())
};

struct OperationSucceeded {
  bool operator==(const OperationSucceeded&) const = default;
  BOOST_DESCRIBE_CLASS(OperationSucceeded, (), (), (), ())
};

struct OperationFailed {
  /// Machine-readable, such as "out_of_stock".
  std::string code;
  std::string message;

  bool operator==(const OperationFailed&) const = default;
  BOOST_DESCRIBE_CLASS(OperationFailed, (), (code, message), (), ())
};

using OperationEvent = std::variant<OperationStarted, OperationSucceeded, OperationFailed>;

}  // namespace orrery
