#include "http/native/admin/admin_call.hpp"

#include <fmt/format.h>
#include <boost/json/serialize.hpp>

#include "projections/wallets/wallet_view.hpp"

namespace orrery {
namespace {

std::string sentence_of(std::string_view rejection) {
  std::string sentence(rejection);
  for (auto& letter : sentence)
    if (letter == '_') letter = ' ';
  return sentence;
}

/// What a request is about: the first placeholder of its pattern says it. Empty for the whole
/// server.
std::string_view subject_of(std::string_view pattern) {
  const auto placeholder = pattern.substr(std::min(pattern.find('{'), pattern.size()));
  for (const std::string_view subject : {"organization", "project", "namespace"})
    if (placeholder.substr(std::min<std::size_t>(1, placeholder.size()))
            .starts_with(std::string(subject) + "_id}"))
      return subject;
  return {};
}

}  // namespace

void AdminCall::respond(Response response) const {
  response.headers.emplace_back("Cache-Control", "no-store");
  if (identity_.claim) identity_.claim->release();
  respond_(std::move(response));
}

void AdminCall::answer(const boost::json::value& body, unsigned status) const {
  Response response;
  response.status = status;
  response.body = boost::json::serialize(body);
  respond(std::move(response));
}

void AdminCall::done() const {
  Response response;
  response.status = 204;
  respond(std::move(response));
}

void AdminCall::refuse(unsigned status, std::string_view code, std::string_view message) const {
  auto response = problem({status, code, message});
  if (status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer");
  if (status == 503) response.headers.emplace_back("Retry-After", "1");
  respond(std::move(response));
}

void AdminCall::not_found(std::string_view what) const {
  refuse(404, "not_found", fmt::format("{} not found", what));
}

void AdminCall::unavailable() const {
  refuse(503, "unavailable", "Nothing can be changed now, try again later.");
}

/// The name of a rejection is a sentence and a code. Ids are drawn, so a thing that exists already
/// was made under the same idempotency key by another request.
void AdminCall::refuse_command(std::string_view rejection) const {
  const bool exists = rejection.ends_with("_exists_already") || rejection.ends_with("_was_another");
  if (exists && !identity_.digest.empty())
    return refuse(422, "idempotency_key_reused",
                  "The Idempotency-Key was used for another request.");
  if (rejection.ends_with("_does_not_exist") || rejection == "node_is_not_registered")
    return refuse(404, "not_found", sentence_of(rejection));
  const bool wrong_words = rejection.find("_must_") != std::string_view::npos;
  refuse(wrong_words ? 400 : 409, rejection, sentence_of(rejection));
}

std::optional<AdminCaller> AdminCall::find_namespace_caller() const {
  if (context_->present && !context_->wallets->find(parameter(0))) return std::nullopt;
  const auto wallet = context_->gate().wallets->find(parameter(0));
  if (!wallet) return std::nullopt;
  return namespace_caller(*principal_, wallet->namespace_id, wallet->account_id);
}

std::optional<AdminCaller> AdminCall::find_caller(std::string_view what) {
  const auto& identity = *context_->identity;
  std::string project_id;
  if (what == "namespace") return find_namespace_caller();
  if (what == "organization") {
    organization_id_ = parameter(0);
    if (!identity.organization(organization_id_)) return std::nullopt;
  } else if (what == "project") {
    project_id = parameter(0);
    const auto project = identity.project(project_id);
    if (!project) return std::nullopt;
    organization_id_ = project->organization_id;
  }
  return admin_caller(*context_->gate().identity, *principal_, organization_id_, project_id);
}

void AdminCall::forbid(std::string_view what) const {
  if (what.empty() || caller_ == AdminCaller::owner)
    return refuse(403, "forbidden", "This needs an operator's key.");
  if (what == "namespace")
    return refuse(403, "forbidden",
                  "A namespace's token only reads here: this needs the person who manages the "
                  "namespace, or an operator.");
  refuse(403, "forbidden", "This needs an admin of the organization, or an operator.");
}

bool AdminCall::admit(AdminAction action, std::string_view pattern) {
  const auto what = subject_of(pattern);
  const auto caller = find_caller(what);
  if (!caller) return not_found(what), false;
  caller_ = *caller;
  switch (admin_access(action, caller_)) {
    case AdminAccess::allowed:
      return true;
    case AdminAccess::forbidden:
      forbid(what);
      return false;
    case AdminAccess::absent:
      not_found(what);
      return false;
  }
  return false;
}

bool AdminCall::identify_as(std::string_view pattern) {
  if (request_.method != Method::post) {
    identity_.ids = std::shared_ptr<IdSource>(context_->ids, [](IdSource*) {});
    return true;
  }
  auto identity = identify({context_->secret, context_->keys_in_flight, *context_->ids}, pattern,
                           principal_->actor, request_);
  if (identity) {
    identity_ = *std::move(identity);
    return true;
  }
  if (identity.error() == KeyProblem::malformed)
    wrong(key_malformed_sentence);
  else
    refuse(409, "idempotency_key_in_use",
           "The first request with this Idempotency-Key is still on its way.");
  return false;
}

}  // namespace orrery
