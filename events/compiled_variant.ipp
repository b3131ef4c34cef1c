#pragma once

#include "events/compiled_variant.hpp"

namespace orrery {

template <class Variant>
CompiledVariant<Variant>::CompiledVariant() = default;
template <class Variant>
CompiledVariant<Variant>::CompiledVariant(const CompiledVariant& other) = default;
template <class Variant>
CompiledVariant<Variant>::CompiledVariant(CompiledVariant&& other) noexcept = default;
template <class Variant>
CompiledVariant<Variant>& CompiledVariant<Variant>::operator=(const CompiledVariant& other) =
    default;
template <class Variant>
CompiledVariant<Variant>& CompiledVariant<Variant>::operator=(CompiledVariant&& other) noexcept =
    default;
template <class Variant>
CompiledVariant<Variant>::~CompiledVariant() = default;

}  // namespace orrery
