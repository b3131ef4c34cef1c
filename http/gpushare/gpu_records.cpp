#include <functional>
#include <memory>
#include <utility>

#include <boost/json/array.hpp>

#include "actors/gpu_record/gpu_record.hpp"
#include "actors/runtime/command_gateway.hpp"
#include "http/gpushare/command_chain.hpp"
#include "http/gpushare/machine_facts.hpp"
#include "http/gpushare/resources.hpp"
#include "http/gpushare/row_turns.hpp"
#include "http/gpushare/rows.hpp"
#include "projections/sharing/sharing_view.hpp"

namespace orrery::gpushare {

namespace {

namespace json = boost::json;

void list(const Context& context, const Request&, const Caller& caller, const Reply& reply) {
  const bool sees_all =
      access_to(Operation::gpu_list, caller.standing(), Whose::others) == Access::allowed;
  json::array shown;
  for (const auto& record : context->sharing->gpu_records(sees_all ? "" : caller.client->id))
    shown.emplace_back(gpu_record_json(*record));
  reply(answer(200, shown));
}

/// The record that a path names, where the caller may do this with it.
SharingView::GpuRecord record_of(const GpushareContext& context, const Request& request,
                                 Operation operation, const Caller& caller) {
  auto record = context.sharing->gpu_record(row_id(request.path_parameters[0]));
  if (record && access_to(operation, caller, record->client_id) == Access::allowed) return record;
  return nullptr;
}

/// What a body makes of a record.
boost::system::result<GpuRecordChanged, Refusal> read_record(const GpushareContext& context,
                                                             const Request& request,
                                                             Operation operation,
                                                             const Caller& caller,
                                                             GpuRecordChanged before) {
  const auto body = body_of(request);
  if (!body) return body.error();
  Fields fields(*body, operation == Operation::gpu_partial_update);
  read_machine_facts(fields, before.facts);
  if (auto owner = fields.row("user", nameable_clients(context, operation, caller)))
    before.client_id = *std::move(owner.value);
  if (auto refusal = fields.refusal()) return *std::move(refusal);
  return before;
}

void show_record(const GpushareContext& context, const Reply& reply, unsigned status,
                 std::string_view id) {
  const auto record = context.sharing->gpu_record(id);
  reply(record ? answer(status, gpu_record_json(*record)) : refused(not_found()));
}

void show(const Context& context, const Request& request, const Caller& caller,
          const Reply& reply) {
  const auto record = record_of(*context, request, Operation::gpu_read, caller);
  reply(record ? answer(200, gpu_record_json(*record)) : refused(not_found()));
}

/// One description on its way into the log.
class Creation : public std::enable_shared_from_this<Creation> {
 public:
  Creation(Context context, Reply reply, GpuRecordCreated event, Origin origin)
      : context_(std::move(context)),
        reply_(std::move(reply)),
        event_(std::move(event)),
        origin_(std::move(origin)) {}

  void start() {
    const auto owner = context_->clients->find(event_.client_id);
    if (!owner) return reply_(field_error("user", invalid_pk(event_.client_id)));
    if (const auto refusal = too_many_records(*context_, owner->id)) return reply_(*refusal);
    become_provider(context_, *owner, origin_, [self = shared_from_this()](ChainEnd end) {
      if (!end.is_done) return self->reply_(unavailable());
      self->create();
    });
  }

 private:
  static constexpr unsigned attempt_count_max = 8;

  void create() {
    const auto& sharing = *context_->sharing;
    id_ = std::to_string(context_->gpu_record_numbers->take(sharing.largest_gpu_record_id(), 1));
    context_->gateway->submit<GpuRecord>(
        {id_, GpuRecord::Create{event_}, origin_, {}},
        [self = shared_from_this()](const auto& outcome) { self->created(outcome); });
  }

  void created(const boost::system::result<Outcome<GpuRecord>, Unavailable>& outcome) {
    if (!outcome) return reply_(unavailable());
    if (!outcome->rejection) return show_record(*context_, reply_, 201, id_);
    // The number was another's already; a later one isn't.
    if (++attempt_count_ == attempt_count_max) return reply_(unavailable());
    create();
  }

  Context context_;
  Reply reply_;
  GpuRecordCreated event_;
  Origin origin_;
  std::string id_;
  unsigned attempt_count_ = 0;
};

void create(const Context& context, const Request& request, const Caller& caller,
            const Reply& reply) {
  auto record = read_record(*context, request, Operation::gpu_create, caller, {});
  if (!record) return reply(record.error());
  const auto identity = identity_of(*context, "gpu_record", caller, request);
  if (!identity) return reply(identity.error());
  const auto held = reply.with(identity->claim);
  const auto request_id = identity->ids->uuid();
  if (const auto known = context->sharing->gpu_record_of_request(request_id)) {
    if (known->digest != identity->digest) return held(idempotency_key_reused());
    return show_record(*context, held, 201, known->id);
  }
  std::make_shared<Creation>(
      context, held,
      GpuRecordCreated{std::move(record->client_id), std::move(record->facts), request_id,
                       identity->digest},
      Origin{caller.actor(), 0, request.request_id})
      ->start();
}

void edit(Operation operation, const Context& context, const Request& request, const Caller& caller,
          const Reply& reply, const RowTurns::Turn& turn) {
  const auto record = record_of(*context, request, operation, caller);
  if (!record) return reply(not_found());
  auto change =
      read_record(*context, request, operation, caller, {record->client_id, record->facts});
  if (!change) return reply(change.error());
  context->gateway->submit<GpuRecord>({record->id,
                                       GpuRecord::Change{*std::move(change)},
                                       Origin{caller.actor(), 0, request.request_id},
                                       {}},
                                      [context, reply, turn, id = record->id](const auto& outcome) {
                                        if (!outcome) return reply(unavailable());
                                        show_record(*context, reply, 200, id);
                                      });
}

void remove(const Context& context, const Request& request, const Caller& caller,
            const Reply& reply) {
  const auto record = record_of(*context, request, Operation::gpu_delete, caller);
  if (!record) return reply(not_found());
  context->gateway->submit<GpuRecord>(
      {record->id, GpuRecord::Delete{}, Origin{caller.actor(), 0, request.request_id}, {}},
      [reply](const auto& outcome) {
        if (!outcome) return reply(unavailable());
        reply(nothing());
      });
}

}  // namespace

void add_gpu_records(Routes& routes) {
  const auto turns = std::make_shared<RowTurns>();
  routes.add(Operation::gpu_list, list);
  routes.add(Operation::gpu_create, create);
  routes.add(Operation::gpu_read, show);
  routes.add(Operation::gpu_update, in_turn(turns, std::bind_front(edit, Operation::gpu_update)));
  routes.add(Operation::gpu_partial_update,
             in_turn(turns, std::bind_front(edit, Operation::gpu_partial_update)));
  routes.add(Operation::gpu_delete, remove);
}

}  // namespace orrery::gpushare
