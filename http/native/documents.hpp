#pragma once

#include <span>
#include <string_view>

namespace orrery {

/// The OpenAPI 3.1 document of one API, built into the program from http/NAME/openapi.json.
struct ServedDocument {
  /// Of the dialect, such as "mkinf"; "native" for our own.
  std::string_view name;
  std::string_view json;
};

std::span<const ServedDocument> openapi_documents();

}  // namespace orrery
