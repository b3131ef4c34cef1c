#include "http/aicenter/files/file_routes.hpp"

#include <string>
#include <utility>

#include <fmt/format.h>
#include <boost/json/array.hpp>

#include "http/aicenter/files/download.hpp"
#include "http/aicenter/files/file_answers.hpp"
#include "http/aicenter/files/upload_routes.hpp"
#include "storage/clock.hpp"

namespace orrery::aicenter {
namespace {

/// What a download is asked for, apart from its path.
struct Wanted {
  std::string range, if_range, if_none_match;
};

Response folder(const AicenterContext& context, const CenterUserDetails& user,
                const std::string& path) {
  const auto entries = context.files->list(user.name, path);
  if (!entries) return file_problem(entries.error());
  boost::json::array items;
  for (const auto& entry : *entries) items.emplace_back(show(entry));
  boost::json::object shown{{"path", path}, {"items", std::move(items)}};
  if (!path.empty()) return file_json(shown);
  const auto use = context.files->use(user.name, context.clock->now());
  if (!use) return file_problem(use.error());
  shown["use"] = show(*use, quota_of(context, user));
  return file_json(shown);
}

/// A browser that is shown it saves it, whatever it holds.
Response file_head(const OpenFile& file) {
  Response head;
  head.content_type = "application/octet-stream";
  head.headers = {{"ETag", file.entity_tag},
                  {"Accept-Ranges", "bytes"},
                  {"Cache-Control", "private, no-cache"},
                  {"Content-Disposition", "attachment"},
                  {"X-Content-Type-Options", "nosniff"}};
  return head;
}

void send_file(const AicenterContext& context, OpenFile file, const Wanted& wanted,
               const Reply& reply) {
  auto head = file_head(file);
  if (wanted.if_none_match == file.entity_tag) {
    head.status = 304;
    return reply(std::move(head));
  }
  const bool same = wanted.if_range.empty() || wanted.if_range == file.entity_tag;
  const auto asked = same ? read_range(wanted.range, file.size_bytes) : RangeRequest{};
  if (!asked.whole && !asked.range) {
    auto refusal = problem({416, "range_is_beyond_the_file", "The file has none of this range."});
    refusal.headers.emplace_back("Content-Range", fmt::format("bytes */{}", file.size_bytes));
    return reply(std::move(refusal));
  }
  const auto range = asked.range.value_or(ByteRange{0, file.size_bytes});
  if (!asked.whole) {
    head.status = 206;
    head.headers.emplace_back(
        "Content-Range",
        fmt::format("bytes {}-{}/{}", range.begin, range.begin + range.size - 1, file.size_bytes));
  }
  head.headers.emplace_back("Content-Length", std::to_string(range.size));
  reply(std::move(head), file_stream(*context.files, std::move(file), range));
}

void get(const Context& context, const Request& request, const Caller& caller, const Reply& reply) {
  const auto user = owner_of(*context, caller, Access::reads, reply);
  if (!user) return;
  const std::string path(request.path_parameters[0]);
  const Wanted wanted{std::string(request.header("range")), std::string(request.header("if-range")),
                      std::string(request.header("if-none-match"))};
  const auto work = [context, user, path, wanted, reply] {
    auto file = context->files->open(user->name, path);
    if (file) return send_file(*context, *std::move(file), wanted, reply);
    const bool may_be_folder = file.error() == FileProblem::not_a_file;
    auto listed = may_be_folder ? folder(*context, *user, path) : file_problem(file.error());
    reply(listed.status == 409 ? file_problem(file.error()) : std::move(listed));
  };
  if (!context->files->run(work)) reply(unavailable());
}

void list_root(const Context& context, const Request&, const Caller& caller, const Reply& reply) {
  const auto user = owner_of(*context, caller, Access::reads, reply);
  if (user)
    answer_from_store(*context, reply, [context, user] { return folder(*context, *user, {}); });
}

void remove(const Context& context, const Request& request, const Caller& caller,
            const Reply& reply) {
  const auto user = owner_of(*context, caller, Access::changes, reply);
  if (!user) return;
  const std::string path(request.path_parameters[0]);
  answer_from_store(*context, reply, [context, user, path] {
    const auto removed = context->files->remove(user->name, path);
    if (!removed) return file_problem(removed.error());
    Response response;
    response.status = 204;
    return response;
  });
}

void make_folder(const Context& context, const Request& request, const Caller& caller,
                 const Reply& reply) {
  const auto user = owner_of(*context, caller, Access::changes, reply);
  if (!user) return;
  const std::string path(request.path_parameters[0]);
  answer_from_store(*context, reply, [context, user, path] {
    const auto made = context->files->make_folder(user->name, path, quota_of(*context, *user),
                                                  context->clock->now());
    if (!made) return file_problem(made.error());
    return file_json({{"path", path}, {"kind", "folder"}}, *made ? 201 : 200);
  });
}

}  // namespace

void add_files(Routes& routes) {
  constexpr std::string_view files = "/orrery/v1/center/files";
  constexpr std::string_view file = "/orrery/v1/center/files/{path...}";
  routes.add(Method::get, files, list_root);
  routes.add(Method::get, file, get);
  routes.add(Method::delete_, file, remove);
  routes.add(Method::put, "/orrery/v1/center/folders/{path...}", make_folder);
  add_uploads(routes);
}

}  // namespace orrery::aicenter
