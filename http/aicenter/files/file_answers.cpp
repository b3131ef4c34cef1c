#include "http/aicenter/files/file_answers.hpp"

#include <optional>
#include <utility>

#include <sodium/utils.h>
#include <boost/json/serialize.hpp>

#include "http/json/timestamp.hpp"

namespace orrery::aicenter {
namespace {

Fault fault_of(FileProblem problem) {
  switch (problem) {
    case FileProblem::name_is_not_allowed:
      return {400, "name_is_not_allowed",
              "A path is names with slashes between, each of 1 to 255 bytes of UTF-8 without "
              "control characters, and none of them \".\" or \"..\"."};
    case FileProblem::path_does_not_exist:
      return {404, "path_does_not_exist", "There is nothing at this path."};
    case FileProblem::path_exists_already:
      return {409, "path_exists_already", "There is something else at this path."};
    case FileProblem::not_a_folder:
      return {409, "not_a_folder", "A part of the path is no folder."};
    case FileProblem::not_a_file:
      return {409, "not_a_file", "This is no file."};
    case FileProblem::folder_is_not_empty:
      return {409, "folder_is_not_empty", "The folder is not empty."};
    case FileProblem::quota_is_exceeded:
      return {413, "quota_is_exceeded", "There is not so much room left in your quota."};
    case FileProblem::too_many_uploads:
      return {409, "too_many_uploads", "Too many uploads are open; complete or terminate some."};
    case FileProblem::upload_does_not_exist:
      return {404, "upload_does_not_exist", "There is no such upload."};
    case FileProblem::upload_is_gone:
      return {410, "upload_is_gone", "The upload is complete, or was dropped."};
    case FileProblem::offset_does_not_match:
      return {409, "offset_does_not_match", "The upload doesn't stand at this offset."};
    case FileProblem::upload_is_busy:
      return {423, "upload_is_busy", "Another request is writing this upload."};
    case FileProblem::upload_is_too_long:
      return {413, "upload_is_too_long", "This is more than the upload's length."};
    case FileProblem::checksum_does_not_match:
      return {460, "checksum_does_not_match", "The bytes have another checksum."};
    case FileProblem::disk_is_full:
      return {507, "disk_is_full", "The center has no room left."};
    case FileProblem::disk_failed:
      break;
  }
  return {500, "disk_failed", "The center's disk fails."};
}

}  // namespace

Response file_problem(FileProblem problem) { return orrery::problem(fault_of(problem)); }

Response file_json(const boost::json::value& value, unsigned status) {
  Response response;
  response.status = status;
  response.body = boost::json::serialize(value);
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

boost::json::object show(const FileEntry& entry) {
  boost::json::object shown{{"name", entry.name},
                            {"kind", entry.is_folder ? "folder" : "file"},
                            {"modified_at", rfc3339_seconds(entry.modified_at)}};
  if (!entry.is_folder) shown["size_bytes"] = entry.size_bytes;
  return shown;
}

boost::json::object show(const UploadStatus& status) {
  boost::json::object shown{{"id", status.id},
                            {"path", status.upload.path},
                            {"size_bytes", status.upload.size_bytes},
                            {"offset_bytes", status.offset_bytes},
                            {"complete", status.is_complete},
                            {"expires_at", rfc3339_seconds(status.expires_at)}};
  if (const auto& digest = status.upload.sha256) {
    std::string hex(2 * digest->size() + 1, '\0');
    sodium_bin2hex(hex.data(), hex.size(), reinterpret_cast<const unsigned char*>(digest->data()),
                   digest->size());
    hex.pop_back();
    shown["sha256"] = hex;
  }
  return shown;
}

boost::json::object show(const DiskUse& use, std::uint64_t quota_bytes) {
  return {{"file_bytes", use.file_bytes},
          {"upload_bytes", use.upload_bytes},
          {"entries", use.entry_count},
          {"quota_bytes", quota_bytes}};
}

std::uint64_t quota_of(const AicenterContext& context, const CenterUserDetails& user) {
  auto quota = user.grant.limits.quota_bytes;
  if (!quota)
    if (const auto team = context.center->team(user.grant.team))
      quota = team->team.limits.quota_bytes;
  return quota.value_or(quota_bytes_default);
}

CenterView::User owner_of(const AicenterContext& context, const Caller& caller, Access access,
                          const Reply& reply) {
  if (!caller.user) {
    reply(problem({403, "no_folder",
                   "An operator has no folder: name whose it is in "
                   "X-SLURM-USER-NAME."}));
    return nullptr;
  }
  if (access == Access::changes)
    if (const auto refusal = suspension_of(context, caller, "files")) {
      reply(*refusal);
      return nullptr;
    }
  return caller.user;
}

void answer_from_store(const AicenterContext& context, const Reply& reply,
                       std::function<Response()> work) {
  if (!context.files->run([reply, work = std::move(work)] { reply(work()); })) reply(unavailable());
}

}  // namespace orrery::aicenter
