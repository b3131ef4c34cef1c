#pragma once

#include <stdexcept>
#include <vector>

#include <boost/system/result.hpp>

namespace orrery {

/// What a rule answers: the events that happen (none for a retry of what has happened already), or
/// a refusal.
template <class E, class R>
using Decision = boost::system::result<std::vector<E>, R>;

/// The usual overload set for `std::visit`.
template <class... Cases>
struct Match : Cases... {
  using Cases::operator()...;
};
template <class... Cases>
Match(Cases...) -> Match<Cases...>;

}  // namespace orrery
