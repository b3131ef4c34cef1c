#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <boost/system/result.hpp>

#include "events/service_events.hpp"

namespace orrery {

/// Why a service can't be started as its recipe says: a code and a sentence for its end.
struct LaunchFailure {
  std::string code;
  std::string message;
};
[[noreturn]] void throw_exception_from_error(const LaunchFailure& failure,
                                             const boost::source_location& location);

/// Whether records of runs, which are JSON, can hold the text.
bool is_utf8(std::string_view text);

using Variables = std::map<std::string, std::string, std::less<>>;

/// NAME=value lines; empty ones and those that begin with # are none. A value may stand in one pair
/// of quotes, single or double, and means what stands between them. No file means no variables.
boost::system::result<Variables, LaunchFailure> read_environment_file(
    const std::filesystem::path& file);

/// What a start is given, and its recipe may refer to.
struct GivenPlace {
  std::string service_id;
  std::string host;
  std::vector<std::uint16_t> ports;
  std::string recipes;
  std::string work_directory;
  /// On the node. Their numbers are those of nvidia-smi.
  std::vector<std::uint32_t> gpu_indices;
  /// The value of the mark of the run (process_table.hpp).
  std::string run_directory;
};

/// What is to be run, with nothing left to fill in.
struct ReadyCommand {
  std::vector<std::string> command;
  Variables environment;
};

/// Fills in "${NAME}" of the command and of the values of its environment: HOST, PORT (PORT_2 … for
/// further ports), SERVICE_ID, RECIPES, or a variable that the recipe or request gives. Those of
/// the operator's file have no placeholder, so that no request makes a secret of theirs a word that
/// others see. "$${" stands for "${".
///
/// The environment is what the recipe and request give, over the operator's variables, over PATH,
/// HOME and LANG; and over all of them HOST, PORT, CUDA_VISIBLE_DEVICES and the mark of the run.
boost::system::result<ReadyCommand, LaunchFailure> prepare_command(const ServiceLaunch& launch,
                                                                   const Variables& of_operator,
                                                                   const GivenPlace& place);

}  // namespace orrery
