#include "actors/runtime/aggregate_snapshots.hpp"

#include "actors/runtime/aggregate_actor.hpp"

namespace orrery {

std::string snapshot_name_of_stream(std::string_view stream) {
  std::string name;
  boost::mp11::mp_for_each<boost::mp11::mp_transform<boost::mp11::mp_identity, Aggregates>>(
      [&]<class A>(boost::mp11::mp_identity<A>) {
        if constexpr (has_snapshots<A>)
          if (stream_aggregate(stream) == A::stream_prefix)
            name = snapshot_name<A>(stream_id(stream));
      });
  return name;
}

}  // namespace orrery
