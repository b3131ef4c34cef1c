#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/value.hpp>

namespace orrery {

/// An OpenAPI document as tests ask it: which routes it has, and whether an answer is one that it
/// describes.
class OpenApiDocument {
 public:
  /// `path` below the source folder.
  explicit OpenApiDocument(std::string_view path);

  /// "GET /v0.1/projects" for each operation, sorted.
  std::vector<std::string> routes() const;

  /// What is wrong with an answer of this route ("GET /v0.1/projects"): a status that isn't
  /// described, or a body that doesn't fit its schema. Empty where all is well.
  std::string problem_with(std::string_view route, unsigned status, std::string_view content_type,
                           std::string_view body) const;

 private:
  boost::json::value document_;
};

}  // namespace orrery
