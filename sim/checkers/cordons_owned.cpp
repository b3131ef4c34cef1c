#include "sim/checkers/cordons_owned.hpp"

namespace orrery {
namespace {

/// The one that a process cordons as; empty where it is none that does.
std::string owner_of(const std::string& actor) {
  return actor == "process/gpu_repair" ? "gpu-repair" : "";
}

}  // namespace

void CordonsOwned::apply(const RecordedEvent& recorded) {
  const auto& event = recorded.event;
  const auto owner = owner_of(recorded.origin.actor);
  const auto complain = [&](const std::string& what) {
    violated(recorded.position, recorded.stream + " " + what);
  };
  if (const auto* cordoned = std::get_if<NodeCordoned>(&event)) {
    if (!cordons_[recorded.stream].insert(cordoned->owner).second)
      complain("is cordoned twice by one owner");
    if (cordoned->owner != owner) complain("is cordoned in somebody else's name");
  } else if (const auto* lifted = std::get_if<NodeCordonLifted>(&event)) {
    auto& owners = cordons_[recorded.stream];
    if (owners.erase(lifted->owner) == 0) complain("had no such cordon");
    if (owners.empty()) complain("is left with no cordon, and not uncordoned");
    if (lifted->owner != owner) complain("was lifted by somebody else");
  } else if (std::holds_alternative<NodeUncordoned>(event)) {
    auto& owners = cordons_[recorded.stream];
    if (owners.empty()) complain("was not cordoned");
    if (!owner.empty() && owners != std::set<std::string>{owner})
      complain("was lifted by a process, others' cordons too");
    owners.clear();
  }
}

void CordonsOwned::at_rest() {
  for (const auto& [stream, owners] : cordons_)
    for (const auto& owner : owners)
      if (!owner.empty()) violated(0, stream + " is still cordoned by " + owner);
}

}  // namespace orrery
