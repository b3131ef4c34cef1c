#include "cli/center_settings.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <stdexcept>

#include <fmt/format.h>
#include <boost/algorithm/string/trim.hpp>

#include "cli/data_directory.hpp"
#include "cli/exit_codes.hpp"
#include "cli/start_failure.hpp"
#include "http/aicenter/slurm_tokens.hpp"
#include "http/auth/credential.hpp"

namespace orrery {
namespace {

/// The one that the document prints, so a secret nowhere.
constexpr std::string_view document_key = "meowmeowmeow";

std::unique_ptr<aicenter::SlurmTokens> shared_tokens(const std::string& file) {
  try {
    return aicenter::SlurmTokens::load(file);
  } catch (const std::exception& failure) {
    throw StartFailure{exit_usage, fmt::format("aicenter.jwt-key {}: {}", file, failure.what())};
  }
}

}  // namespace

aicenter::FileStoreConfiguration file_store_configuration(const Configuration& configuration) {
  aicenter::FileStoreConfiguration store;
  store.home = configuration.aicenter_files.empty()
                   ? center_files_folder(configuration.data)
                   : std::filesystem::path(configuration.aicenter_files);
  // Beside the folder: uploads are moved into it, which is possible within a file system only.
  store.uploads = store.home.parent_path() / "uploads";
  if (!configuration.aicenter_files.empty()) store.uploads = store.home / ".uploads";
  return store;
}

std::unique_ptr<aicenter::SlurmTokens> center_tokens(const Configuration& configuration,
                                                     IdSource& ids) {
  if (!configuration.aicenter_jwt_key.empty()) return shared_tokens(configuration.aicenter_jwt_key);
  const auto own = center_jwt_key_file(configuration.data);
  try {
    std::filesystem::create_directories(own.parent_path());
    return aicenter::SlurmTokens::load_or_create(own, ids);
  } catch (const std::exception& failure) {
    throw StartFailure{exit_data_directory, fmt::format("{}: {}", own.string(), failure.what())};
  }
}

std::string kitten_key_digest(const Configuration& configuration) {
  const auto& file = configuration.aicenter_kitten_key_file;
  if (file.empty()) return configuration.dev ? credential_digest_text(document_key) : std::string();
  std::ifstream in(file);
  std::string key;
  std::getline(in, key);
  boost::algorithm::trim(key);
  if (!key.empty()) return credential_digest_text(key);
  throw StartFailure{exit_usage, fmt::format("aicenter.kitten-key-file {}: {}", file,
                                             in.is_open() ? "it is empty" : std::strerror(errno))};
}

void check_center_settings(const Configuration& configuration) {
  if (!configuration.aicenter_jwt_key.empty()) shared_tokens(configuration.aicenter_jwt_key);
  kitten_key_digest(configuration);
}

}  // namespace orrery
