#include "http/aicenter/files/upload_routes.hpp"

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "http/aicenter/files/file_answers.hpp"
#include "http/aicenter/files/reception.hpp"
#include "http/aicenter/files/tus.hpp"
#include "http/server/incoming_body.hpp"
#include "storage/clock.hpp"

namespace orrery::aicenter {
namespace {

constexpr std::string_view uploads_path = "/orrery/v1/center/uploads";
constexpr std::string_view upload_path = "/orrery/v1/center/uploads/{upload_id}";

Response empty(unsigned status) {
  Response response;
  response.status = status;
  return response;
}

std::string drawn_id(IdSource& ids) {
  auto id = ids.uuid();
  std::erase(id, '-');
  return id;
}

/// What this server takes; asked before anybody has signed in.
void discover(const Context& context, const Request&, const Reply& reply) {
  (void)context;
  auto response = empty(204);
  response.headers = {{"Tus-Version", std::string(tus::version)},
                      {"Tus-Extension", std::string(tus::extensions)},
                      {"Tus-Checksum-Algorithm", std::string(tus::checksum_algorithms)}};
  reply(tus::speaking(std::move(response)));
}

void list(const Context& context, const Request&, const Caller& caller, const Reply& reply) {
  const auto user = owner_of(*context, caller, Access::reads, reply);
  if (!user) return;
  answer_from_store(*context, reply, [context, user] {
    const auto open = context->files->uploads(user->name, context->clock->now());
    if (!open) return file_problem(open.error());
    boost::json::array items;
    for (const auto& upload : *open) items.emplace_back(show(upload));
    return file_json(boost::json::object{{"items", std::move(items)}});
  });
}

/// What POST announces, or why it can't be.
boost::system::result<NewUpload, Fault> announced(const Request& request) {
  if (const auto fault = tus::version_fault(request)) return *fault;
  const auto size = tus::read_number(request.header("upload-length"));
  if (!size)
    return Fault{400, "upload_length_missing", "Upload-Length must say how long the file is."};
  auto metadata = tus::read_metadata(request.header("upload-metadata"));
  if (!metadata)
    return Fault{400, "upload_metadata_malformed", "Upload-Metadata is not keys with base64."};
  if (!request.body.empty())
    return Fault{400, "body_not_expected", "The bytes come with PATCH, not with POST."};
  return NewUpload{std::move(metadata->path), *size, std::move(metadata->sha256)};
}

void create(const Context& context, const Request& request, const Caller& caller,
            const Reply& reply) {
  const auto user = owner_of(*context, caller, Access::changes, reply);
  if (!user) return;
  auto upload = announced(request);
  if (!upload) return reply(tus::speaking(problem(upload.error())));
  const auto identity = identity_of(*context, "upload", caller.actor(), request);
  if (!identity) return reply(identity.error());
  answer_from_store(*context, reply.with(identity->claim),
                    [context, user, id = drawn_id(*identity->ids), upload = *std::move(upload)] {
                      const auto created = context->files->create(
                          user->name, id, upload, quota_of(*context, *user), context->clock->now());
                      if (!created) return tus::speaking(file_problem(created.error()));
                      auto response = empty(201);
                      response.headers.emplace_back("Location",
                                                    std::string(uploads_path) + '/' + id);
                      return tus::standing(std::move(response), *created);
                    });
}

void get(const Context& context, const Request& request, const Caller& caller, const Reply& reply) {
  const auto user = owner_of(*context, caller, Access::reads, reply);
  if (!user) return;
  answer_from_store(*context, reply, [context, user, id = std::string(request.path_parameters[0])] {
    const auto found = context->files->status(user->name, id, context->clock->now());
    if (!found) return tus::speaking(file_problem(found.error()));
    Response response;
    response.body = boost::json::serialize(show(*found));
    return tus::standing(std::move(response), *found);
  });
}

void terminate(const Context& context, const Request& request, const Caller& caller,
               const Reply& reply) {
  const auto user = owner_of(*context, caller, Access::changes, reply);
  if (!user) return;
  if (const auto fault = tus::version_fault(request)) return reply(tus::speaking(problem(*fault)));
  answer_from_store(*context, reply, [context, user, id = std::string(request.path_parameters[0])] {
    const auto ended = context->files->terminate(user->name, id);
    return tus::speaking(ended ? empty(204) : file_problem(ended.error()));
  });
}

/// Who brings a body, or nobody where he was refused.
CenterView::User bearer(const Context& context, const Request& request, const Reply& reply) {
  const auto caller = authenticate(*context, request);
  if (caller) return owner_of(*context, *caller, Access::changes, reply);
  reply(authentication_failure());
  return nullptr;
}

Response refused_upload(FileProblem problem) { return tus::speaking(file_problem(problem)); }

/// Why a piece can't be received; its offset and checksum where it can.
struct Piece {
  std::uint64_t offset = 0;
  std::string sha256;
};
boost::system::result<Piece, Fault> piece_of(const Request& request) {
  if (const auto fault = tus::version_fault(request)) return *fault;
  if (request.header("content-type") != tus::piece_type)
    return Fault{415, "content_type_unknown",
                 "The body must be of the type application/offset+octet-stream."};
  const auto offset = tus::read_number(request.header("upload-offset"));
  if (!offset)
    return Fault{400, "upload_offset_missing", "Upload-Offset must say where the bytes begin."};
  const auto given = request.header("upload-checksum");
  if (given.empty()) return Piece{*offset, {}};
  auto checksum = tus::read_checksum(given);
  if (checksum.fault.status != 0) return checksum.fault;
  return Piece{*offset, std::move(checksum.sha256)};
}

void append(const Context& context, const Request& request, std::shared_ptr<IncomingBody> body,
            const Responder& respond) {
  const Reply reply(respond, Face::native);
  const auto user = bearer(context, request, reply);
  if (!user) return;
  auto piece = piece_of(request);
  if (!piece) return reply(tus::speaking(problem(piece.error())));
  ReceptionPlan plan;
  plan.open = [context, user, id = std::string(request.path_parameters[0]), at = piece->offset] {
    return context->files->append(user->name, id, at, context->clock->now());
  };
  plan.sha256 = std::move(piece->sha256);
  plan.done = [](const UploadStatus& status) { return tus::standing(empty(204), status); };
  plan.refused = refused_upload;
  receive(*context->files, *context->clock, std::move(plan), std::move(body), respond);
}

Response stored(const NewUpload& upload) {
  return file_json({{"path", upload.path}, {"kind", "file"}, {"size_bytes", upload.size_bytes}},
                   201);
}

/// A whole file at once. It takes its room like any upload, of which nothing stays: nobody knows
/// its id.
void put(const Context& context, const Request& request, std::shared_ptr<IncomingBody> body,
         const Responder& respond) {
  const Reply reply(respond, Face::native);
  const auto user = bearer(context, request, reply);
  if (!user) return;
  const auto size = tus::read_number(request.header("content-length"));
  if (!size)
    return reply(problem({411, "content_length_missing", "Say how long it is, or use uploads."}));
  NewUpload upload{std::string(request.path_parameters[0]), *size, std::nullopt};
  const auto id = drawn_id(*context->ids);
  ReceptionPlan plan;
  plan.open = [context, user, id, upload]() -> FileResult<std::unique_ptr<UploadWriter>> {
    const auto now = context->clock->now();
    auto& files = *context->files;
    const auto created = files.create(user->name, id, upload, quota_of(*context, *user), now);
    if (!created) return created.error();
    if (created->is_complete) return std::unique_ptr<UploadWriter>();
    return files.append(user->name, id, 0, now);
  };
  const auto forget = [context, user, id] { (void)context->files->terminate(user->name, id); };
  plan.nothing_to_do = [upload, forget] {
    forget();
    return stored(upload);
  };
  plan.done = [plan_done = plan.nothing_to_do](const UploadStatus&) { return plan_done(); };
  plan.refused = file_problem;
  plan.ended_early = forget;
  receive(*context->files, *context->clock, std::move(plan), std::move(body), respond);
}

}  // namespace

void add_uploads(Routes& routes) {
  const auto& context = routes.context();
  routes.add_open(Method::options, uploads_path, discover);
  routes.add(Method::get, uploads_path, list);
  routes.add(Method::post, uploads_path, create);
  routes.add(Method::get, upload_path, get);
  routes.add(Method::delete_, upload_path, terminate);
  const auto streamed = [&context](auto handle) {
    return StreamedHandler{[context, handle](const Request& request,
                                             std::shared_ptr<IncomingBody> body,
                                             const Responder& respond) {
      handle(context, request, std::move(body), respond);
    }};
  };
  routes.router().add(Method::patch, upload_path, streamed(append));
  routes.router().add(Method::put, "/orrery/v1/center/files/{path...}", streamed(put));
}

}  // namespace orrery::aicenter
