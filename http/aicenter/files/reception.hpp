#pragma once

#include <functional>
#include <memory>
#include <string>

#include "http/aicenter/files/upload_writer.hpp"
#include "http/server/incoming_body.hpp"
#include "http/server/responder.hpp"
#include "storage/clock.hpp"

namespace orrery::aicenter {

/// How a body is received into an upload. All of it is called on the store's threads, one after the
/// other.
struct ReceptionPlan {
  /// Null where nothing is to be written, because the upload is complete already.
  std::function<FileResult<std::unique_ptr<UploadWriter>>()> open;
  /// SHA-256 of the body, raw; empty for none.
  std::string sha256;
  std::function<Response(const UploadStatus&)> done;
  /// The answer where there is nothing to write.
  std::function<Response()> nothing_to_do;
  std::function<Response(FileProblem)> refused;
  /// The client has gone, and what came was kept as far as it may be; or writing was refused.
  std::function<void()> ended_early;
};

/// Writes what comes into an upload, on the threads of the store, while it comes. Answers once.
void receive(FileStore& store, const Clock& clock, ReceptionPlan plan,
             std::shared_ptr<IncomingBody> body, const Responder& respond);

}  // namespace orrery::aicenter
