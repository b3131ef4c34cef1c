#include <memory>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "http/auth/id_source.hpp"
#include "http/gpushare/answer_lines.hpp"
#include "http/gpushare/dispatcher.hpp"
#include "http/gpushare/inference_record.hpp"
#include "http/gpushare/resources.hpp"
#include "http/gpushare/rows.hpp"
#include "projections/clients/client_view.hpp"
#include "projections/inferences/inference_view.hpp"
#include "projections/sharing/sharing_view.hpp"
#include "storage/subject_keys.hpp"

namespace orrery::gpushare {

namespace {

/// How long to wait where too much is under way.
constexpr std::chrono::seconds pause{1};

Refusal try_later(unsigned status, std::string_view sentence) {
  auto refusal = detail(status, sentence);
  refusal.headers.emplace_back("Retry-After", fmt::format("{}", pause.count()));
  return refusal;
}

/// Why there is no answer, as a status: who is to blame, and whether trying again helps.
Refusal refusal_for(const GpushareContext& context, const InferenceEnd& end,
                    const std::string& model) {
  if (end.code == "throttled") return throttled(pause);
  if (end.code == "no_node" && context.sharing->nodes_with(model).empty())
    return detail(404, fmt::format("No provider offers the model \"{}\".", model));
  if (end.code == "node_failed" || end.code == "too_long") return detail(502, end.message);
  return try_later(503, end.message);
}

void answer_end(const GpushareContext& context, const Reply& reply, const InferenceEnd& end,
                const std::string& model) {
  if (!end.is_answered()) return reply(refusal_for(context, end, model));
  const auto row = context.inferences->find(end.id);
  const auto shown = row ? inference_json(context, *row) : std::nullopt;
  reply(shown ? answer(201, *shown) : refused(not_found()));
}

Response stream_head() {
  Response head;
  head.status = 201;
  head.content_type = ndjson;
  head.headers = {{"Cache-Control", "no-store"}, {"X-Accel-Buffering", "no"}};
  return head;
}

InferenceEnd end_of(const InferenceDetails& row) { return {row.id, row.code, row.message}; }

/// The stored answer as a stream.
void stream_again(const GpushareContext& context, const Reply& reply, const InferenceDetails& row) {
  const auto text = context.subject_keys->open(row.answer);
  if (!text) return reply(not_found());
  const auto run = std::make_shared<InferenceRun>();
  run->append(*text);
  run->finish(end_of(row));
  reply(stream_head(), AnswerLines::of(run));
}

/// A request that came before is answered as it was, or told to wait for its first answer.
void answer_again(const GpushareContext& context, const Reply& reply, const std::string& id,
                  bool is_streamed) {
  const auto row = context.inferences->find(id);
  if (!row) return reply(not_found());
  if (row->status == InferenceStatus::waiting) return reply(refusal_of(KeyProblem::in_use));
  if (row->status == InferenceStatus::answered && is_streamed)
    return stream_again(context, reply, *row);
  if (row->status == InferenceStatus::answered)
    return answer_end(context, reply, end_of(*row), row->model);
  // The key is used up: asking again means asking anew.
  auto refusal = refusal_for(context, end_of(*row), row->model);
  refusal.headers.clear();
  reply(refusal);
}

void put_listeners(const Context& context, const Reply& reply, bool is_streamed,
                   InferenceWish& wish) {
  wish.is_wanted = [reply] { return reply.is_wanted(); };
  wish.on_end = [context, reply, model = wish.model](const InferenceEnd& end) {
    answer_end(*context, reply, end, model);
  };
  if (!is_streamed) return;
  wish.on_first = [reply](const std::shared_ptr<InferenceRun>& run) {
    reply(stream_head(), AnswerLines::of(run));
  };
}

void ask(Operation operation, const Context& context, const Request& request, const Caller& caller,
         const Reply& reply) {
  const bool is_streamed = operation == Operation::inference_stream;
  const auto body = body_of(request);
  if (!body) return reply(body.error());
  Fields fields(*body);
  auto words = read_inference(*context, operation, caller, fields);
  if (const auto refusal = fields.refusal()) return reply(*refusal);
  const auto identity = identity_of(*context, "inference", caller, request);
  if (!identity) return reply(identity.error());
  const auto held = reply.with(identity->claim);

  InferenceWish wish;
  wish.request_id = identity->ids->uuid();
  wish.request_digest = identity->digest;
  if (const auto known = context->inferences->of_request(wish.request_id)) {
    if (known->digest != identity->digest) return held(idempotency_key_reused());
    return answer_again(*context, held, known->id, is_streamed);
  }
  auto sealed = context->subject_keys->seal_known(client_subject(words.client_id), words.question);
  if (!sealed) return held(field_error("client", invalid_pk(words.client_id)));
  wish.client_id = std::move(words.client_id);
  wish.question = std::move(words.question);
  wish.sealed_question = *std::move(sealed);
  wish.model = std::move(words.model);
  wish.origin = {caller.actor(), 0, request.request_id};
  put_listeners(context, held, is_streamed, wish);
  context->dispatcher->ask(std::move(wish));
}

}  // namespace

void add_inference_creation(Routes& routes) {
  for (const auto operation : {Operation::inference_create, Operation::inference_stream})
    routes.add(
        operation,
        [operation](const Context& context, const Request& request, const Caller& caller,
                    const Reply& reply) { ask(operation, context, request, caller, reply); },
        Patience::long_);
}

}  // namespace orrery::gpushare
