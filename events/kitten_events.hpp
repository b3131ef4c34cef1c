#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include <boost/describe.hpp>

namespace orrery {

/// The example resource of docs/checklists/add-resource.md. Stream: kitten/<id>; decimal.
struct KittenArrived {
  std::string name;
  std::string breed;
  std::uint32_t fluffiness = 0;
  std::uint32_t cuteness = 0;

  bool operator==(const KittenArrived&) const = default;
  BOOST_DESCRIBE_CLASS(KittenArrived, (), (name, breed, fluffiness, cuteness), (), ())
};

struct KittenRemoved {
  bool operator==(const KittenRemoved&) const = default;
  BOOST_DESCRIBE_CLASS(KittenRemoved, (), (), (), ())
};

using KittenEvent = std::variant<KittenArrived, KittenRemoved>;

}  // namespace orrery
