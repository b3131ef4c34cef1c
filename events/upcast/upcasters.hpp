#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <boost/mp11/algorithm.hpp>
#include <boost/mp11/list.hpp>

#include "events/archive.hpp"

namespace orrery {

/// How an event stored in an old version becomes the next one. When an event changes its shape:
/// 1. Keep the old struct under a name that says so (`NodeLostV1`) in `events/upcast/`, with its
///    description; its golden file stays.
/// 2. Count the version up in the registry's line and give the current struct the new shape.
/// 3. Add `Upcast<0x0203, 1, NodeLostV1, NodeLost, upcast_node_lost>` to `Upcasters` (table.hpp);
///    the function is pure and total: NodeLost upcast_node_lost(NodeLostV1 old).
/// A chain of versions upcasts step by step: V1 → V2 → current.
template <std::uint16_t Tag, std::uint16_t FromVersion, class From, class To, To (*Function)(From)>
struct Upcast {
  static constexpr std::uint16_t tag = Tag;
  static constexpr std::uint16_t from_version = FromVersion;
  using Old = From;
  using New = To;
  static To apply(From old) { return Function(std::move(old)); }
};

/// `Table` is an mp_list of `Upcast`s. Reads what is stored under `tag` in `version` and upcasts it
/// until it is an `E`. Throws `MalformedBytes`.
template <class Table, class E>
class UpcastTo {
 public:
  /// True, and `event` is filled, where there is a way from that version.
  static bool read(std::uint16_t tag, std::uint16_t version, ByteReader& reader, E& event) {
    bool found = false;
    boost::mp11::mp_for_each<boost::mp11::mp_transform<boost::mp11::mp_identity, Table>>(
        [&](auto identity) {
          using Step = typename decltype(identity)::type;
          if (found || Step::tag != tag || Step::from_version != version) return;
          typename Step::Old old;
          reader(old);
          found = finish<Step::tag, Step::from_version + 1>(Step::apply(std::move(old)), event);
        });
    return found;
  }

 private:
  template <std::uint16_t Tag, std::uint16_t At, class Current>
  static bool finish(Current current, E& event) {
    if constexpr (std::is_same_v<Current, E>) {
      event = std::move(current);
      return true;
    } else {
      bool found = false;
      boost::mp11::mp_for_each<boost::mp11::mp_transform<boost::mp11::mp_identity, Table>>(
          [&](auto identity) {
            using Step = typename decltype(identity)::type;
            if constexpr (Step::tag == Tag && Step::from_version == At &&
                          std::is_same_v<typename Step::Old, Current>)
              found = finish<Tag, At + 1>(Step::apply(std::move(current)), event);
          });
      return found;
    }
  }
};

}  // namespace orrery
