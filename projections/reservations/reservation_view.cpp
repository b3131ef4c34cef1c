#include "projections/reservations/reservation_view.hpp"

#include <algorithm>
#include <iterator>
#include <mutex>
#include <shared_mutex>

#include <cereal/types/set.hpp>

#include "events/archive.hpp"
#include "events/stream_name.hpp"
#include "projections/runtime/writer_first_mutex.hpp"

namespace orrery {

/// Few, so they are looked through.
struct ReservationView::State {
  ReservationDetails* find(std::string_view id) {
    const auto found = std::ranges::find(reservations, id, &ReservationDetails::id);
    return found == reservations.end() ? nullptr : &*found;
  }

  void fold(const ReservationDeclared& declared, std::string_view id, Time time) {
    if (auto* known = find(id))
      known->declaration = declared;
    else
      reservations.push_back({std::string(id), declared, time, {}, false});
  }
  void fold(const ReservationTaken& taken, std::string_view id, Time) {
    if (auto* known = find(id)) known->vm_ids.insert(taken.vm_id);
  }
  void fold(const ReservationGivenBack& given_back, std::string_view id, Time) {
    if (auto* known = find(id)) known->vm_ids.erase(given_back.vm_id);
  }
  void fold(const ReservationEnded&, std::string_view id, Time) {
    if (auto* known = find(id)) known->ended = true;
  }

  mutable WriterFirstMutex mutex;
  std::vector<ReservationDetails> reservations;
};

ReservationView::ReservationView() : state_(std::make_unique<State>()) {}
ReservationView::~ReservationView() = default;

std::optional<ReservationDetails> ReservationView::find(std::string_view id) const {
  const std::shared_lock lock(state_->mutex);
  const auto* found = state_->find(id);
  return found ? std::optional(*found) : std::nullopt;
}

std::vector<ReservationDetails> ReservationView::of_organization(
    std::string_view organization_id) const {
  const std::shared_lock lock(state_->mutex);
  std::vector<ReservationDetails> own;
  std::ranges::copy_if(state_->reservations, std::back_inserter(own), [&](const auto& each) {
    return each.declaration.organization_id == organization_id;
  });
  return own;
}

std::vector<ReservationDetails> ReservationView::all() const {
  const std::shared_lock lock(state_->mutex);
  return state_->reservations;
}

void ReservationView::apply(const RecordedEvent& recorded) {
  std::visit(
      [&](const auto& event) {
        if constexpr (requires { state_->fold(event, std::string_view(), Time()); }) {
          const std::unique_lock lock(state_->mutex);
          state_->fold(event, stream_id(recorded.stream), recorded.time);
        }
      },
      recorded.event);
}

void ReservationView::save(std::string& out) const {
  ByteWriter writer(out);
  writer(state_->reservations);
}

void ReservationView::load(std::string_view bytes) {
  state_ = std::make_unique<State>();
  auto loaded = std::make_unique<State>();
  ByteReader reader(bytes);
  reader(loaded->reservations);
  if (!reader.exhausted()) throw MalformedBytes("bytes after the end");
  state_ = std::move(loaded);
}

}  // namespace orrery
