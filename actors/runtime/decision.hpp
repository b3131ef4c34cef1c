#pragma once

#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <boost/describe.hpp>
#include <boost/system/result.hpp>

namespace orrery {

/// What a rule answers: the events that happen (none for a retry of what has happened already), or
/// a refusal.
template <class E, class R>
using Decision = boost::system::result<std::vector<E>, R>;

/// The decision `D` that exactly these events happen.
template <class D, class... E>
D happens(E&&... events) {
  typename D::value_type decided;
  decided.reserve(sizeof...(E));
  (decided.emplace_back(std::forward<E>(events)), ...);
  return decided;
}

/// The decision for a retry: what the command wants has happened already, or can't matter any more.
template <class D>
D nothing_happens() {
  return typename D::value_type{};
}

/// The usual overload set for `std::visit`.
template <class... Cases>
struct Match : Cases... {
  using Cases::operator()...;
};
template <class... Cases>
Match(Cases...) -> Match<Cases...>;

/// For `boost::system::result`: asking a refusal for its events is our own bug.
template <class R>
requires boost::describe::has_describe_enumerators<R>::value [[noreturn]] void
throw_exception_from_error(const R& rejection, const boost::source_location&) {
  throw std::logic_error(boost::describe::enum_to_string(rejection, "rejection"));
}

}  // namespace orrery
