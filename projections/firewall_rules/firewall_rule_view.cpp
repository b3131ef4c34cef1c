#include "projections/firewall_rules/firewall_rule_view.hpp"

#include <algorithm>
#include <map>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <utility>

#include <boost/unordered/unordered_flat_set.hpp>

#include "events/stream_name.hpp"
#include "projections/runtime/details_table.hpp"

namespace orrery {

/// What rules may name and exists now: VMs, subnets, networks.
class FirewallTargets {
 public:
  void add(std::string_view id) { ids_.emplace(id); }
  void remove(std::string_view id) {
    if (const auto found = ids_.find(id); found != ids_.end()) ids_.erase(found);
  }
  bool contains(std::string_view id) const { return ids_.contains(id); }

  void save(ByteWriter& writer) const {
    std::vector<std::string> sorted(ids_.begin(), ids_.end());
    std::ranges::sort(sorted);
    writer(sorted);
  }
  void load(ByteReader& reader) {
    std::vector<std::string> sorted;
    reader(sorted);
    ids_.insert(sorted.begin(), sorted.end());
  }

 private:
  struct Hash {
    using is_transparent = void;
    using is_avalanching = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };
  boost::unordered_flat_set<std::string, Hash, std::equal_to<>> ids_;
};

struct FirewallRuleView::State {
  void fold(const FirewallRuleCreated& created, const RecordedEvent& recorded);
  void fold(const FirewallRuleChanged& changed, const RecordedEvent& recorded);
  void fold(const FirewallRuleDeleted&, const RecordedEvent& recorded);
  void fold(const VmRequested&, const RecordedEvent& recorded) { appear(recorded.stream); }
  void fold(const VmDeleted&, const RecordedEvent& recorded) { disappear(recorded.stream); }
  void fold(const NetworkCreated&, const RecordedEvent& recorded) { appear(recorded.stream); }
  void fold(const NetworkDeleted&, const RecordedEvent& recorded);
  void fold(const SubnetAdded& added, const RecordedEvent& recorded);
  void fold(const SubnetRemoved& removed, const RecordedEvent& recorded);

  void appear(std::string_view stream) { set_existing(stream_id(stream), true); }
  void disappear(std::string_view stream) { set_existing(stream_id(stream), false); }
  void set_existing(std::string_view id, bool exists);
  bool is_active(const FirewallRuleCreated& rule) const;
  void enlist(const std::string& rule_id, const FirewallRuleCreated& rule);
  void unlist(const std::string& rule_id, const FirewallRuleCreated& rule);

  DetailsTable<FirewallRuleDetails> rules;
  FirewallTargets targets;
  /// The subnets of each network, which go with it.
  std::map<std::string, std::set<std::string>, std::less<>> subnets_of_network;
  /// The rules that name something, by what they name. Derived.
  std::map<std::string, std::set<std::string>, std::less<>> rules_naming;
};

namespace {

template <class Visitor>
void visit_names(const FirewallRuleCreated& rule, const Visitor& visitor) {
  visitor(rule.network_id);
  for (const auto* ends : {&rule.match.sources, &rule.match.destinations})
    for (const auto& end : *ends)
      if (!end.resource_id.empty()) visitor(end.resource_id);
}

}  // namespace

FirewallRuleView::FirewallRuleView() : state_(std::make_unique<State>()) {}
FirewallRuleView::~FirewallRuleView() = default;

std::optional<FirewallRuleDetails> FirewallRuleView::find(std::string_view project_id,
                                                          std::string_view rule_id) const {
  return state_->rules.find(project_id, rule_id);
}

std::optional<FirewallRuleDetails> FirewallRuleView::find_with_deleted(
    std::string_view rule_id) const {
  return state_->rules.find_with_deleted(rule_id);
}

Page<FirewallRuleDetails> FirewallRuleView::list(std::string_view project_id,
                                                 const PageRequest& request,
                                                 const Filter& filter) const {
  return state_->rules.list(project_id, request, filter);
}

void FirewallRuleView::apply(const RecordedEvent& recorded) {
  std::visit(
      [&](const auto& event) {
        if constexpr (requires { state_->fold(event, recorded); }) state_->fold(event, recorded);
      },
      recorded.event);
}

void FirewallRuleView::State::fold(const FirewallRuleCreated& created,
                                   const RecordedEvent& recorded) {
  FirewallRuleDetails rule;
  rule.id = stream_id(recorded.stream);
  if (rules.find_with_deleted(rule.id)) return;
  rule.rule = created;
  rule.active = is_active(created);
  rule.created_at = rule.updated_at = recorded.time;
  rule.version = recorded.version;
  enlist(rule.id, created);
  rules.add(recorded.position, created.project_id, std::move(rule));
}

void FirewallRuleView::State::fold(const FirewallRuleChanged& changed,
                                   const RecordedEvent& recorded) {
  const std::string rule_id(stream_id(recorded.stream));
  const auto known = rules.find_with_deleted(rule_id);
  if (!known || known->deleted) return;
  auto next = known->rule;
  next.match = changed.match;
  unlist(rule_id, known->rule);
  enlist(rule_id, next);
  rules.change(rule_id, [&](FirewallRuleDetails& rule) {
    rule.rule = next;
    rule.active = is_active(next);
    rule.updated_at = recorded.time;
    rule.version = recorded.version;
  });
}

void FirewallRuleView::State::fold(const FirewallRuleDeleted&, const RecordedEvent& recorded) {
  const std::string rule_id(stream_id(recorded.stream));
  const auto known = rules.find_with_deleted(rule_id);
  if (!known || known->deleted) return;
  unlist(rule_id, known->rule);
  rules.change(rule_id, [&](FirewallRuleDetails& rule) {
    rule.deleted = true;
    rule.active = false;
    rule.updated_at = recorded.time;
    rule.version = recorded.version;
  });
}

void FirewallRuleView::State::fold(const SubnetAdded& added, const RecordedEvent& recorded) {
  subnets_of_network[std::string(stream_id(recorded.stream))].insert(added.subnet_id);
  set_existing(added.subnet_id, true);
}

void FirewallRuleView::State::fold(const SubnetRemoved& removed, const RecordedEvent& recorded) {
  subnets_of_network[std::string(stream_id(recorded.stream))].erase(removed.subnet_id);
  set_existing(removed.subnet_id, false);
}

void FirewallRuleView::State::fold(const NetworkDeleted&, const RecordedEvent& recorded) {
  const auto found = subnets_of_network.find(stream_id(recorded.stream));
  if (found != subnets_of_network.end()) {
    const auto subnets = std::move(found->second);
    subnets_of_network.erase(found);
    for (const auto& subnet : subnets) set_existing(subnet, false);
  }
  disappear(recorded.stream);
}

/// Everything that names it may become active or inactive.
void FirewallRuleView::State::set_existing(std::string_view id, bool exists) {
  if (exists)
    targets.add(id);
  else
    targets.remove(id);
  const auto naming = rules_naming.find(id);
  if (naming == rules_naming.end()) return;
  for (const auto& rule_id : naming->second)
    rules.change(rule_id, [&](FirewallRuleDetails& rule) { rule.active = is_active(rule.rule); });
}

bool FirewallRuleView::State::is_active(const FirewallRuleCreated& rule) const {
  bool active = true;
  visit_names(rule, [&](const std::string& id) { active = active && targets.contains(id); });
  return active;
}

void FirewallRuleView::State::enlist(const std::string& rule_id, const FirewallRuleCreated& rule) {
  visit_names(rule, [&](const std::string& id) { rules_naming[id].insert(rule_id); });
}

void FirewallRuleView::State::unlist(const std::string& rule_id, const FirewallRuleCreated& rule) {
  visit_names(rule, [&](const std::string& id) {
    const auto found = rules_naming.find(id);
    if (found == rules_naming.end()) return;
    found->second.erase(rule_id);
    if (found->second.empty()) rules_naming.erase(found);
  });
}

void FirewallRuleView::save(std::string& out) const {
  ByteWriter writer(out);
  state_->rules.save(writer);
  state_->targets.save(writer);
  writer(state_->subnets_of_network);
}

void FirewallRuleView::load(std::string_view bytes) {
  state_ = std::make_unique<State>();
  auto loaded = std::make_unique<State>();
  ByteReader reader(bytes);
  loaded->rules.load(reader);
  loaded->targets.load(reader);
  reader(loaded->subnets_of_network);
  if (!reader.exhausted()) throw MalformedBytes("bytes after the end");
  loaded->rules.visit([&](const FirewallRuleDetails& rule) {
    if (!rule.deleted) loaded->enlist(rule.id, rule.rule);
  });
  state_ = std::move(loaded);
}

}  // namespace orrery
