#pragma once

#include <filesystem>
#include <iosfwd>
#include <string>
#include <vector>

#include "storage/event_log.hpp"

namespace orrery {

/// What `orrery log export` and `import` do with bundles (storage/bundle/), apart from the command
/// line. Both return the exit code and complain on `err`.

struct BundleExport {
  Position from = 1;
  Position to = 0;
  /// Streams and kinds; empty: all.
  std::vector<std::string> streams;
  /// Appears whole or not at all. "-" is the standard output.
  std::filesystem::path file;
  bool is_quiet = false;
};
int export_bundle(const EventLog& log, const BundleExport& wish, std::ostream& out,
                  std::ostream& err);

/// Makes a data directory of a bundle, which `orrery serve --data` can serve; or goes on with one
/// that ends where the bundle begins. A bundle that is damaged changes nothing.
int import_bundle_into(const std::filesystem::path& file, const std::filesystem::path& data,
                       bool is_quiet, std::ostream& out, std::ostream& err);

}  // namespace orrery
