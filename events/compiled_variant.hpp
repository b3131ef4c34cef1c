#pragma once

#include <cstddef>
#include <type_traits>
#include <utility>
#include <variant>

#include <boost/mp11/algorithm.hpp>

namespace orrery {

/// A variant of many types, to visit, ask and compare like any other. What copies, moves and
/// destroys them is compiled once, by whoever instantiates it explicitly (compiled_variant.ipp),
/// and not wherever one is passed on: of a hundred types that takes ten seconds a file.
template <class Variant>
class CompiledVariant : public Variant {
 public:
  using Base = Variant;

  CompiledVariant();
  // Implicit by design, and it takes alternatives only, so it hides no copy.
  // NOLINTBEGIN(bugprone-forwarding-reference-overload)
  template <class T>
  requires boost::mp11::mp_contains<Variant, std::remove_cvref_t<T>>::value CompiledVariant(
      T&& value)
      : Variant(std::in_place_type<std::remove_cvref_t<T>>, std::forward<T>(value)) {}
  // NOLINTEND(bugprone-forwarding-reference-overload)
  template <std::size_t Index>
  explicit CompiledVariant(std::in_place_index_t<Index> place) : Variant(place) {}

  CompiledVariant(const CompiledVariant& other);
  CompiledVariant(CompiledVariant&& other) noexcept;
  CompiledVariant& operator=(const CompiledVariant& other);
  CompiledVariant& operator=(CompiledVariant&& other) noexcept;
  ~CompiledVariant();
};

}  // namespace orrery
