#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe.hpp>

#include "projections/runtime/view.hpp"

namespace orrery {

struct ReservationDetails {
  std::string id;
  ReservationDeclared declaration;
  Time declared_at{};
  /// The VMs that have a place in it.
  std::set<std::string> vm_ids;
  bool ended = false;

  BOOST_DESCRIBE_CLASS(ReservationDetails, (), (id, declaration, declared_at, vm_ids, ended), (),
                       ())
};

/// Every reservation. Whether one has begun or is over is the caller's to see: a view knows no
/// clock.
class ReservationView : public View {
 public:
  ReservationView();
  ~ReservationView() override;

  std::optional<ReservationDetails> find(std::string_view id) const;
  /// In the order in which they were declared.
  std::vector<ReservationDetails> of_organization(std::string_view organization_id) const;
  std::vector<ReservationDetails> all() const;

  std::string_view name() const override { return "reservations"; }
  void apply(const RecordedEvent& recorded) override;
  void save(std::string& out) const override;
  void load(std::string_view bytes) override;
  std::unique_ptr<View> fresh() const override { return std::make_unique<ReservationView>(); }

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace orrery
