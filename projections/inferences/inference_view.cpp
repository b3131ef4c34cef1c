#include "projections/inferences/inference_view.hpp"

#include <map>
#include <mutex>
#include <shared_mutex>
#include <utility>
#include <variant>

#include "events/archive.hpp"
#include "events/stream_name.hpp"
#include "projections/runtime/numbered_map.hpp"
#include "projections/runtime/writer_first_mutex.hpp"

namespace orrery {
namespace {

struct MadeByRequest {
  InferenceOfRequest made;
  /// Whose request it was.
  std::string client_id;

  BOOST_DESCRIBE_CLASS(MadeByRequest, (), (made, client_id), (), ())
};

}  // namespace

struct InferenceView::State {
  void fold(const InferenceAsked& asked, const RecordedEvent& recorded);
  void fold(const InferenceDispatched& dispatched, const RecordedEvent& recorded);
  void fold(const InferenceAnswered& answered, const RecordedEvent& recorded);
  void fold(const InferenceFailed& failed, const RecordedEvent& recorded);
  void fold(const InferenceChanged& changed, const RecordedEvent& recorded);
  void fold(const InferenceDeleted&, const RecordedEvent& recorded);
  void fold(const ClientErased&, const RecordedEvent& recorded);

  /// Takes the place of the one with this id. What is an erased client's is passed over: his
  /// request was on its way.
  void put(Inference inference);
  void remove(std::string_view id);
  /// Changes it where there is one. Whoever holds the inference keeps the one from before.
  template <class Change>
  void change(const RecordedEvent& recorded, Change change);

  mutable WriterFirstMutex mutex;
  NumberedMap<Inference> inferences;
  /// Of rows that were deleted too: such a request asks nothing again.
  std::map<std::string, MadeByRequest, std::less<>> requests;
  std::uint64_t largest_id = 0;
  NumberSet erased_clients;
  /// Derived.
  NumberedMap<NumberedMap<Inference>> of_client;
};

namespace {

std::vector<InferenceView::Inference> values_of(
    const NumberedMap<InferenceView::Inference>& inferences) {
  std::vector<InferenceView::Inference> values;
  values.reserve(inferences.size());
  for (const auto& [id, inference] : inferences) values.push_back(inference);
  return values;
}

}  // namespace

InferenceView::InferenceView() : state_(std::make_unique<State>()) {}
InferenceView::~InferenceView() = default;

InferenceView::Inference InferenceView::find(std::string_view id) const {
  const std::shared_lock lock(state_->mutex);
  const auto found = state_->inferences.find(id);
  return found == state_->inferences.end() ? nullptr : found->second;
}

std::vector<InferenceView::Inference> InferenceView::list(std::string_view client_id) const {
  const std::shared_lock lock(state_->mutex);
  if (client_id.empty()) return values_of(state_->inferences);
  const auto found = state_->of_client.find(client_id);
  return found == state_->of_client.end() ? std::vector<Inference>{} : values_of(found->second);
}

std::uint64_t InferenceView::largest_id() const {
  const std::shared_lock lock(state_->mutex);
  return state_->largest_id;
}

std::optional<InferenceOfRequest> InferenceView::of_request(std::string_view request_id) const {
  const std::shared_lock lock(state_->mutex);
  const auto found = state_->requests.find(request_id);
  return found == state_->requests.end() ? std::nullopt : std::optional(found->second.made);
}

void InferenceView::apply(const RecordedEvent& recorded) {
  std::visit(
      [&](const auto& event) {
        if constexpr (requires { state_->fold(event, recorded); }) {
          const std::unique_lock lock(state_->mutex);
          state_->fold(event, recorded);
        }
      },
      recorded.event);
}

// How the state changes.

void InferenceView::State::put(Inference inference) {
  remove(inference->id);
  if (erased_clients.contains(inference->client_id)) return;
  of_client[inference->client_id].insert_or_assign(inference->id, inference);
  inferences.insert_or_assign(inference->id, inference);
}

void InferenceView::State::remove(std::string_view id) {
  const auto found = inferences.find(id);
  if (found == inferences.end()) return;
  const auto own = of_client.find(found->second->client_id);
  own->second.erase(found->first);
  if (own->second.empty()) of_client.erase(own);
  inferences.erase(found);
}

template <class Change>
void InferenceView::State::change(const RecordedEvent& recorded, Change change) {
  const auto found = inferences.find(stream_id(recorded.stream));
  if (found == inferences.end()) return;
  auto changed = std::make_shared<InferenceDetails>(*found->second);
  change(*changed);
  put(Inference(std::move(changed)));
}

// What the events say.

void InferenceView::State::fold(const InferenceAsked& asked, const RecordedEvent& recorded) {
  auto inference = std::make_shared<InferenceDetails>();
  inference->id = stream_id(recorded.stream);
  inference->client_id = asked.client_id;
  inference->question = asked.question;
  inference->model = asked.model;
  inference->asked_at = recorded.time;
  largest_id = larger_number(largest_id, inference->id);
  if (!asked.request_digest.empty() && !erased_clients.contains(asked.client_id))
    requests.insert_or_assign(
        asked.request_id, MadeByRequest{{inference->id, asked.request_digest}, asked.client_id});
  put(Inference(std::move(inference)));
}

void InferenceView::State::fold(const InferenceDispatched& dispatched,
                                const RecordedEvent& recorded) {
  change(recorded, [&](InferenceDetails& inference) {
    inference.shared_node_id = dispatched.shared_node_id;
  });
}

void InferenceView::State::fold(const InferenceAnswered& answered, const RecordedEvent& recorded) {
  change(recorded, [&](InferenceDetails& inference) {
    inference.status = InferenceStatus::answered;
    inference.answer = answered.answer;
    inference.use = answered.use;
  });
}

void InferenceView::State::fold(const InferenceFailed& failed, const RecordedEvent& recorded) {
  change(recorded, [&](InferenceDetails& inference) {
    inference.status = InferenceStatus::failed;
    inference.answer = failed.answer;
    inference.code = failed.code;
    inference.message = failed.message;
    inference.use = failed.use;
  });
}

void InferenceView::State::fold(const InferenceChanged& changed, const RecordedEvent& recorded) {
  change(recorded, [&](InferenceDetails& inference) {
    inference.client_id = changed.client_id;
    inference.question = changed.question;
    inference.model = changed.model;
  });
}

void InferenceView::State::fold(const InferenceDeleted&, const RecordedEvent& recorded) {
  remove(stream_id(recorded.stream));
}

void InferenceView::State::fold(const ClientErased&, const RecordedEvent& recorded) {
  const auto client_id = stream_id(recorded.stream);
  erased_clients.emplace(client_id);
  std::erase_if(requests, [&](const auto& each) { return each.second.client_id == client_id; });
  const auto own = of_client.find(client_id);
  if (own == of_client.end()) return;
  for (const auto& [id, inference] : own->second) inferences.erase(id);
  of_client.erase(own);
}

// Snapshots.

void InferenceView::save(std::string& out) const {
  ByteWriter writer(out);
  writer(static_cast<std::uint64_t>(state_->inferences.size()));
  for (const auto& [id, inference] : state_->inferences) writer(*inference);
  writer(state_->requests, state_->largest_id, state_->erased_clients);
}

void InferenceView::load(std::string_view bytes) {
  state_ = std::make_unique<State>();
  auto loaded = std::make_unique<State>();
  ByteReader reader(bytes);
  std::uint64_t count = 0;
  reader(count);
  for (; count > 0; --count) {
    auto inference = std::make_shared<InferenceDetails>();
    reader(*inference);
    if (inference->status > InferenceStatus::failed)
      throw MalformedBytes("unknown status of an inference");
    loaded->put(Inference(std::move(inference)));
  }
  reader(loaded->requests, loaded->largest_id, loaded->erased_clients);
  if (!reader.exhausted()) throw MalformedBytes("bytes after the end");
  state_ = std::move(loaded);
}

}  // namespace orrery
