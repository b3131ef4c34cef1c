#include <algorithm>

#include "actors/processes/instance_process_state.hpp"

namespace orrery {
namespace {

/// "The volume volume-1 refused: volume does not exist."
template <class R>
Failure refusal_by(const std::string& whom, R rejection) {
  const std::string code = boost::describe::enum_to_string(rejection, "refused");
  auto words = code;
  std::ranges::replace(words, '_', ' ');
  return {code, whom + " refused: " + words + "."};
}

}  // namespace

template <class Change>
void InstanceProcess::State::look_again(std::string_view id, Change change) {
  const auto found = instances_.find(id);
  if (found == instances_.end()) return;
  found->second.asked = InstanceStep::nothing;
  change(found->second);
  note(found->first, found->second);
}

void InstanceProcess::State::volume_refused(std::string_view id, const std::string& volume_id) {
  look_again(id, [&](InstanceRecord& instance) {
    for (auto& volume : instance.volumes)
      if (volume.mount.volume_id == volume_id) volume.refused = true;
  });
}

/// Where it has moved on meanwhile the refusal says nothing about what is owed now.
void InstanceProcess::State::hinder(std::string_view id, InstanceRecord::Phase phase,
                                    Failure failure) {
  look_again(id, [&](InstanceRecord& instance) {
    if (instance.phase == phase) instance.obstacle = std::move(failure);
  });
}

void InstanceProcess::State::on_refusal(const Rejected<Volume>& refused) {
  const auto failure = refusal_by("The volume " + refused.id, refused.rejection);
  const auto maker = maker_of(refused.id);
  std::visit(Match{
                 [&](const Volume::Create&) {
                   volume_refused(maker, refused.id);
                   hinder(maker, InstanceRecord::Phase::waiting, failure);
                 },
                 [&](const Volume::Mount& mount) {
                   hinder(mount.instance_id, InstanceRecord::Phase::waiting, failure);
                 },
                 // Others have mounted it meanwhile: it is theirs to keep.
                 [&](const Volume::Delete&) { volume_refused(maker, refused.id); },
                 [](const Volume::Unmount&) {},
             },
             refused.command);
}

void InstanceProcess::State::refused(const RefusedCommand& refused) {
  if (const auto* volume = std::get_if<Rejected<Volume>>(&refused)) return on_refusal(*volume);
  if (const auto* instance = std::get_if<Rejected<Instance>>(&refused)) {
    if (std::holds_alternative<Instance::Create>(instance->command))
      hinder(instance->id, InstanceRecord::Phase::ordered,
             refusal_by("The instance", instance->rejection));
  } else if (const auto* lease = std::get_if<Rejected<Lease>>(&refused)) {
    if (std::holds_alternative<Lease::Request>(lease->command))
      hinder(instance_of_lease(lease->id), InstanceRecord::Phase::waiting,
             refusal_by("The lease", lease->rejection));
  } else if (const auto* image = std::get_if<Rejected<ContainerImage>>(&refused)) {
    const auto* save = std::get_if<ContainerImage::Save>(&image->command);
    if (save == nullptr) return;
    look_again(save->image.instance_id, [&](InstanceRecord& saved) {
      for (auto& snapshot : saved.snapshots)
        if (snapshot.taken.snapshot.image_id == image->id) snapshot.refused = true;
    });
  }
}

}  // namespace orrery
