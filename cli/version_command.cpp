#include <iostream>

#include <rocksdb/version.h>
#include <CLI/CLI.hpp>
#include <boost/version.hpp>
#include <caf/config.hpp>

#include "cli/build_version.hpp"
#include "cli/command.hpp"
#include "cli/exit_codes.hpp"

namespace orrery {
namespace {

/// CAF and Boost pack their versions into one number in different ways.
void print_versions() {
  std::cout << "orrery " << build_release() << " (commit " << build_commit() << ")\n"
            << "CAF " << CAF_VERSION / 10'000 << '.' << CAF_VERSION / 100 % 100 << '.'
            << CAF_VERSION % 100 << ", RocksDB " << ROCKSDB_MAJOR << '.' << ROCKSDB_MINOR << '.'
            << ROCKSDB_PATCH << ", Boost " << BOOST_VERSION / 100'000 << '.'
            << BOOST_VERSION / 100 % 1000 << ", g++ " << __VERSION__ << '\n';
}

}  // namespace

void add_version_command(CLI::App& orrery, ChosenCommand& chosen) {
  auto* command = orrery.add_subcommand("version", "print release, commit and libraries");
  command->callback([&chosen] {
    chosen = []() -> int {
      print_versions();
      return exit_success;
    };
  });
}

}  // namespace orrery
