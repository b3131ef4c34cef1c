#include "actors/volume/volume.hpp"

#include <utility>

namespace orrery {

using Answer = Decision<Volume::Event, Volume::Rejection>;

Answer Volume::decide(const State& state, const Command& command) {
  return std::visit(
      Match{
          [](const Absent&, const Create& create) -> Answer {
            if (create.volume.size_gb == 0) return Rejection::size_must_not_be_zero;
            return happens<Answer>(create.volume);
          },
          [](const Absent&, const auto&) -> Answer { return Rejection::volume_does_not_exist; },

          [](const Kept& known, const Create& create) -> Answer {
            if (create.volume == known.volume) return nothing_happens<Answer>();
            return Rejection::volume_exists_already;
          },
          [](const Kept& known, const Mount& mount) -> Answer {
            // Somebody else's is as good as none.
            if (mount.namespace_id != known.volume.namespace_id ||
                mount.cluster != known.volume.cluster)
              return Rejection::volume_does_not_exist;
            if (known.instances.contains(mount.instance_id)) return nothing_happens<Answer>();
            return happens<Answer>(VolumeMounted{mount.instance_id});
          },
          [](const Kept& known, const Unmount& unmount) -> Answer {
            if (!known.instances.contains(unmount.instance_id)) return nothing_happens<Answer>();
            return happens<Answer>(VolumeUnmounted{unmount.instance_id});
          },
          [](const Kept& known, const Delete&) -> Answer {
            if (!known.instances.empty()) return Rejection::volume_is_mounted;
            return happens<Answer>(VolumeDeleted{});
          },

          [](const Deleted&, const Unmount&) { return nothing_happens<Answer>(); },
          [](const Deleted&, const Delete&) { return nothing_happens<Answer>(); },
          [](const Deleted&, const auto&) -> Answer { return Rejection::volume_has_ended; },
      },
      state, command);
}

Volume::State Volume::evolve(State state, const Event& event) {
  return std::visit(Match{
                        [](const VolumeCreated& volume) -> State {
                          return Kept{volume, {}};
                        },
                        [&](const VolumeMounted& mounted) -> State {
                          auto known = std::get<Kept>(std::move(state));
                          known.instances.insert(mounted.instance_id);
                          return known;
                        },
                        [&](const VolumeUnmounted& unmounted) -> State {
                          auto known = std::get<Kept>(std::move(state));
                          known.instances.erase(unmounted.instance_id);
                          return known;
                        },
                        [](const VolumeDeleted&) -> State { return Deleted{}; },
                    },
                    event);
}

}  // namespace orrery
