#include "actors/processes/resource_failures.hpp"

#include <string>

namespace orrery {
namespace {

/// What the edge has checked before: the rejection's name says it all.
template <class R>
Operation::Fail bad_request(R rejection) {
  std::string sentence = boost::describe::enum_to_string(rejection, "unknown");
  for (auto& letter : sentence)
    if (letter == '_') letter = ' ';
  return {"bad_request", "The request cannot be carried out: " + sentence + "."};
}

}  // namespace

Operation::Fail failure_of(Disk::Rejection rejection) {
  switch (rejection) {
    case Disk::Rejection::disk_does_not_exist:
    case Disk::Rejection::disk_is_deleted:
      return {"disk_not_found", "There is no such disk."};
    case Disk::Rejection::disk_exists_already:
      return {"disk_exists_already", "There is another disk of this id already."};
    case Disk::Rejection::disk_cannot_shrink:
      return {"disk_cannot_shrink", "A disk cannot become smaller."};
    case Disk::Rejection::disk_is_attached:
      return {"disk_attached", "The disk is attached to a VM."};
    case Disk::Rejection::disk_is_attached_differently:
      return {"disk_attached_differently",
              "The disk is attached to the VM already, in another mode."};
    case Disk::Rejection::disk_is_in_use:
      return {"disk_in_use", "Another VM has the disk, and they cannot share it."};
    default:
      return bad_request(rejection);
  }
}

Operation::Fail failure_of(Network::Rejection rejection) {
  switch (rejection) {
    case Network::Rejection::network_does_not_exist:
    case Network::Rejection::network_is_deleted:
      return {"network_not_found", "There is no such network."};
    case Network::Rejection::subnet_does_not_exist:
    case Network::Rejection::subnet_is_removed:
      return {"subnet_not_found", "There is no such subnet."};
    default:
      return bad_request(rejection);
  }
}

Operation::Fail failure_of(FirewallRule::Rejection rejection) {
  switch (rejection) {
    case FirewallRule::Rejection::rule_does_not_exist:
    case FirewallRule::Rejection::rule_is_deleted:
      return {"firewall_rule_not_found", "There is no such firewall rule."};
    case FirewallRule::Rejection::rule_exists_already:
      return {"firewall_rule_exists_already", "There is another rule of this id already."};
    default:
      return bad_request(rejection);
  }
}

}  // namespace orrery
