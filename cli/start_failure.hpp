#pragma once

#include <string>
#include <utility>

#include <boost/system/result.hpp>

namespace orrery {

/// A start that cannot go on: thrown by the steps of `serve`, and turned into a message and the
/// exit code of the process by `main.cpp`.
struct StartFailure {
  int exit_code = 1;
  std::string message;
};

/// The value of a step's result. A failure ends the start with `exit_code`; it has a `message`, and
/// of the log a `position`.
template <class T, class Failure>
T value_or_stop(boost::system::result<T, Failure>&& result, int exit_code) {
  if (result.has_error()) {
    const auto& failure = result.error();
    if constexpr (requires { failure.position; })
      throw StartFailure{exit_code,
                         "position " + std::to_string(failure.position) + ": " + failure.message};
    throw StartFailure{exit_code, failure.message};
  }
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

}  // namespace orrery
