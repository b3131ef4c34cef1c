#pragma once

#include <string>

#include "http/aicenter/context.hpp"

namespace orrery {

/// What opens the center of a development server.
struct DemoCenter {
  /// Of an approved user of class A, with a token that is good for a year.
  std::string user;
  std::string token;
  /// Of an administrator.
  std::string admin_user;
  std::string admin_token;
  /// Of the example resource, as the document prints it.
  std::string api_key;
};

/// Sees to it that the center has rules (the built-in ones, where it has none), teams, a user of
/// each class, an administrator, and the two kittens of the document. Who was erased, or applied
/// under such a name, is left alone: there is another then. Blocks until all of it is durable, so
/// call it from no actor and no serving thread. Throws `StartFailure`.
DemoCenter provide_demo_center(const AicenterContext& context);

}  // namespace orrery
