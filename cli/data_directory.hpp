#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include <boost/system/result.hpp>

namespace orrery {

/// What lies where in a server's data directory. Beside these, with --dev, `dev-credentials.json`.
inline std::filesystem::path log_directory(const std::filesystem::path& data) {
  return data / "log";
}
inline std::filesystem::path keys_directory(const std::filesystem::path& data) {
  return data / "keys";
}
/// Made and read by `EdgeSecret` (http/auth).
inline std::filesystem::path edge_key_file(const std::filesystem::path& data) {
  return data / "edge.key";
}

/// The key of the first operator, of a server that runs without --dev.
inline std::filesystem::path operator_key_file(const std::filesystem::path& data) {
  return data / "operator.key";
}

/// The recipes of services, unless the configuration names another folder.
inline std::filesystem::path default_recipes_folder(const std::filesystem::path& data) {
  return data / "recipes";
}

/// Where the local_process driver keeps what it runs, and what that writes.
inline std::filesystem::path local_runs_folder(const std::filesystem::path& data) {
  return data / "local_process";
}

/// The same of the slurm driver, unless the configuration names another folder.
inline std::filesystem::path default_slurm_runs_folder(const std::filesystem::path& data) {
  return data / "slurm";
}

/// The key that signs the center's tokens, unless the configuration names another.
inline std::filesystem::path center_jwt_key_file(const std::filesystem::path& data) {
  return data / "center" / "jwt.key";
}

/// People's files at the center, unless the configuration names another folder.
inline std::filesystem::path center_files_folder(const std::filesystem::path& data) {
  return data / "center" / "home";
}

/// A sentence that names the file and what the system said.
struct FileFailure {
  std::string message;
};
[[noreturn]] void throw_exception_from_error(const FileFailure& failure,
                                             const boost::source_location& location);

/// Sees to it that the directory exists, for its owner only where it is made now.
boost::system::result<void, FileFailure> make_data_directory(const std::filesystem::path& data);

/// Replaces `file` by one with this text and mode 0600, whole or not at all, also when the machine
/// fails meanwhile.
boost::system::result<void, FileFailure> write_private_file(const std::filesystem::path& file,
                                                            std::string_view text);

}  // namespace orrery
