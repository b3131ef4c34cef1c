#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "cli/configuration.hpp"
#include "http/aicenter/files/file_store.hpp"

namespace orrery {

class IdSource;

namespace aicenter {
class SlurmTokens;
}

/// Where people's files are, and their uploads beside them.
aicenter::FileStoreConfiguration file_store_configuration(const Configuration& configuration);

/// With the key that the configuration names; else with our own, made at the first start. Throws
/// `StartFailure` where it can't be read or is too short.
std::unique_ptr<aicenter::SlurmTokens> center_tokens(const Configuration& configuration,
                                                     IdSource& ids);

/// What opens the example resource, as its routes know it; empty where nothing does. Throws
/// `StartFailure`.
std::string kitten_key_digest(const Configuration& configuration);

/// What can be said of both before anything starts, without making anything.
void check_center_settings(const Configuration& configuration);

}  // namespace orrery
