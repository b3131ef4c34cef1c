#pragma once

#include <string>

#include <boost/describe.hpp>

namespace orrery {

/// Why something fails: a code for machines, a sentence for people. No code: nothing failed.
struct Failure {
  std::string code;
  std::string message;

  BOOST_DESCRIBE_CLASS(Failure, (), (code, message), (), ())
};

inline bool is_set(const Failure& failure) { return !failure.code.empty(); }

}  // namespace orrery
