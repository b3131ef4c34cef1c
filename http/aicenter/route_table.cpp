#include "http/aicenter/route_table.hpp"

#include <array>

namespace orrery::aicenter {

namespace {

Face face_of(std::string_view path) {
  if (path.starts_with("/slurmdb/")) return Face::slurmdb;
  return path.starts_with("/slurm/") ? Face::slurm : Face::native;
}

}  // namespace

boost::system::result<RequestIdentity, Refusal> identity_of(const AicenterContext& context,
                                                            std::string_view purpose,
                                                            std::string_view actor,
                                                            const Request& request) {
  auto identity =
      identify({context.secret, context.keys_in_flight, *context.ids}, purpose, actor, request);
  if (!identity) return refusal_of(identity.error());
  return *std::move(identity);
}

void Routes::add(Method method, std::string_view path, Handler handler, Patience patience) {
  const auto shared = std::make_shared<const Handler>(std::move(handler));
  const auto answer = [face = face_of(path), context = context_, shared](const Request& request,
                                                                         Responder respond) {
    const Reply reply(std::move(respond), face);
    const auto caller = authenticate(context->gate(), request);
    if (!caller) return reply(authentication_failure());
    (*shared)(context, request, *caller, reply);
  };
  router_.add(method, path, answer, patience);
}

void Routes::add_open(Method method, std::string_view path, OpenHandler handler) {
  const auto shared = std::make_shared<const OpenHandler>(std::move(handler));
  router_.add(method, path,
              [face = face_of(path), context = context_, shared](const Request& request,
                                                                 Responder respond) {
                (*shared)(context, request, Reply(std::move(respond), face));
              });
}

void Routes::add_fallbacks() {
  for (const std::string_view root : {"/slurm", "/slurmdb"})
    router_.fallback(
        root, [face = face_of(std::string(root) + "/")](const Request& request, Responder respond) {
          respond(refused(fault_refusal(request.fault), face));
        });
}

}  // namespace orrery::aicenter
