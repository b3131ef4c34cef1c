#pragma once

#include <string>

#include "http/server/router.hpp"

namespace orrery {

class CommandGateway;
class KittenView;

/// What the example resource works with. The pointers must outlive the router.
struct KittenContext {
  CommandGateway* gateway = nullptr;
  const KittenView* kittens = nullptr;
  /// Hexadecimal SHA-256 of the key that goes raw into `Authorization`. Empty: nobody has one.
  std::string key_digest;
};

/// The document's example: GET /api/kittens, GET and DELETE /api/kittens/{id}; the same below
/// /kittens. docs/checklists/add-resource.md walks through all of it.
void add_kitten_routes(Router& router, const KittenContext& context);

}  // namespace orrery
