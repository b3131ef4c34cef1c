#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <boost/describe.hpp>

#include "projections/runtime/prepared_answer.hpp"
#include "projections/runtime/view.hpp"

namespace orrery {

/// All that is known about one firewall rule at one moment.
struct FirewallRuleDetails {
  std::string id;
  /// With its `match` as it is now.
  FirewallRuleCreated rule;
  /// Its network, and everything that it names, exists now.
  bool active = false;
  bool deleted = false;
  Time created_at{};
  Time updated_at{};
  /// Version of its stream. `active` changes without it: an ETag needs both.
  Version version = 0;

  BOOST_DESCRIBE_CLASS(FirewallRuleDetails, (),
                       (id, rule, active, deleted, created_at, updated_at, version), (), ())
};

/// Every firewall rule. Deleted ones are kept for the answers of their operations, but are in no
/// list and not found by id.
class FirewallRuleView : public View {
 public:
  using Filter = std::function<bool(const FirewallRuleDetails&)>;

  FirewallRuleView();
  ~FirewallRuleView() override;

  /// Nothing where the project has no such rule (any more).
  std::optional<FirewallRuleDetails> find(std::string_view project_id,
                                          std::string_view rule_id) const;

  /// Deleted ones too, of any project: for the result of an operation that the caller may see.
  std::optional<FirewallRuleDetails> find_with_deleted(std::string_view rule_id) const;

  /// The rules of a project in order of creation. `filter` may be empty; it must not call the view.
  Page<FirewallRuleDetails> list(std::string_view project_id, const PageRequest& request,
                                 const Filter& filter) const;

  std::string_view name() const override { return "firewall_rules"; }
  void apply(const RecordedEvent& recorded) override;
  void save(std::string& out) const override;
  void load(std::string_view bytes) override;
  std::unique_ptr<View> fresh() const override { return std::make_unique<FirewallRuleView>(); }

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace orrery
