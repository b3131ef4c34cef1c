#include <array>
#include <iostream>

#include <fmt/format.h>
#include <boost/algorithm/string/case_conv.hpp>
#include <boost/algorithm/string/join.hpp>

#include "cli/exit_codes.hpp"
#include "cli/slurm/columns.hpp"
#include "cli/slurm/commands.hpp"
#include "cli/slurm/job_list.hpp"
#include "cli/slurm/record_table.hpp"

namespace orrery::slurm {

namespace {

namespace json = boost::json;

constexpr std::string_view help =
    "Usage: sacctmgr [OPTIONS] show ENTITY [NAME] [KEY=VALUE …] [format=FIELDS]\n"
    "  ENTITY is user, account, association, qos or cluster; KEY is name, user or account.\n"
    "  -n, --noheader              no headers on output\n"
    "  -p, --parsable, -P, --parsable2\n"
    "                              '|' between the fields; -p after the last, too\n"
    "  -s, --associations          users and accounts with their associations\n"
    "People and teams are changed with `orrery admin center-user|center-team`.\n";

/// Something that is listed; of users and accounts with -s, for each of their associations.
struct Record {
  const json::object* entity = nullptr;
  /// Null where there is none to tell of.
  const json::object* association = nullptr;
};

const json::object& object_of(const json::object& object, std::string_view key) {
  static const json::object none;
  const auto* found = object.if_contains(key);
  return found != nullptr && found->is_object() ? found->get_object() : none;
}

std::string own(const Record& record, std::string_view key) { return text_of(*record.entity, key); }

std::string of_association(const Record& record, std::string_view key) {
  return record.association == nullptr ? std::string() : text_of(*record.association, key);
}

/// "" of 0: no limit.
std::string limit(const json::object& object, std::string_view key) {
  const auto number = number_of(object, key);
  return number == 0 ? std::string() : std::to_string(number);
}

std::string words(const json::object& object, std::string_view key) {
  std::vector<std::string> list;
  for (const auto& each : list_of(object, key))
    if (each.is_string()) list.emplace_back(each.get_string());
  return boost::algorithm::join(list, ",");
}

const json::object& jobs_limits(const Record& record) {
  static const json::object none;
  if (record.association == nullptr) return none;
  return object_of(object_of(*record.association, "max"), "jobs");
}

std::string wall_limit(const json::object& per) {
  const auto minutes = number_of(per, "wall_clock");
  return minutes == 0 ? std::string() : long_duration_text(minutes * 60);
}

std::string default_account(const Record& record) {
  return text_of(object_of(*record.entity, "default"), "account");
}

constexpr std::array fields = std::to_array<RecordField<Record>>({
    {"account", "Account", 10,
     [](const Record& record) {
       auto text = of_association(record, "account");
       return text.empty() ? own(record, "name") : text;
     }},
    {"adminlevel", "Admin", 9,
     [](const Record& record) { return own(record, "administrator_level"); }},
    {"cluster", "Cluster", 10,
     [](const Record& record) {
       auto text = of_association(record, "cluster");
       return text.empty() ? own(record, "name") : text;
     }},
    {"controlhost", "ControlHost", 15,
     [](const Record& record) { return text_of(object_of(*record.entity, "controller"), "host"); }},
    {"controlport", "ControlPort", 12,
     [](const Record& record) {
       return limit(object_of(*record.entity, "controller"), "port");
     }},
    {"defaultaccount", "Def Acct", 10, default_account},
    {"defaultqos", "Def QOS", 9,
     [](const Record& record) {
       return record.association == nullptr
                  ? std::string()
                  : text_of(object_of(*record.association, "default"), "qos");
     }},
    {"description", "Descr", 20, [](const Record& record) { return own(record, "description"); }},
    {"maxjobs", "MaxJobs", 7, [](const Record& record) { return limit(jobs_limits(record), "active"); }},
    {"maxsubmitjobs", "MaxSubmit", 9,
     [](const Record& record) { return limit(jobs_limits(record), "total"); }},
    {"maxwall", "MaxWall", 11,
     [](const Record& record) { return wall_limit(object_of(jobs_limits(record), "per")); }},
    {"name", "Name", 10, [](const Record& record) { return own(record, "name"); }},
    {"nodes", "Cluster Nodes", 20, [](const Record& record) { return own(record, "nodes"); }},
    {"organization", "Org", 20, [](const Record& record) { return own(record, "organization"); }},
    {"parentname", "Par Name", 10,
     [](const Record& record) { return of_association(record, "parent_account"); }},
    {"partition", "Partition", 10,
     [](const Record& record) { return of_association(record, "partition"); }},
    {"preempt", "Preempt", 10,
     [](const Record& record) { return words(object_of(*record.entity, "preempt"), "list"); }},
    {"preemptmode", "PreemptMode", 11,
     [](const Record& record) {
       const auto mode = words(object_of(*record.entity, "preempt"), "mode");
       return mode.empty() ? std::string("cluster") : boost::algorithm::to_lower_copy(mode);
     }},
    {"priority", "Priority", 10,
     [](const Record& record) { return std::to_string(number_of(*record.entity, "priority")); }},
    {"qos", "QOS", 20,
     [](const Record& record) {
       return record.association == nullptr ? std::string() : words(*record.association, "qos");
     }},
    {"share", "Share", 9,
     [](const Record& record) {
       return record.association == nullptr ? std::string()
                                            : limit(*record.association, "shares_raw");
     }},
    {"user", "User", 10,
     [](const Record& record) {
       const bool is_user = record.entity->contains("administrator_level");
       return is_user ? own(record, "name") : of_association(record, "user");
     }},
});

/// What can be shown: where it comes from, and its usual fields without and with associations.
struct Entity {
  std::string_view name;
  std::string_view target;
  std::string_view member;
  std::string_view usual;
  std::string_view with_associations;
};
constexpr std::array entities = std::to_array<Entity>({
    {"users", "users", "users", "user,defaultaccount,adminlevel",
     "user,defaultaccount,adminlevel,cluster,account,partition,share,maxjobs,maxsubmitjobs,maxwall,"
     "qos,defaultqos"},
    {"accounts", "accounts", "accounts", "account,description,organization",
     "account,description,organization,cluster,parentname,user,share,maxjobs,maxsubmitjobs,maxwall,"
     "qos,defaultqos"},
    {"associations", "associations", "associations",
     "cluster,account,user,partition,share,maxjobs,maxsubmitjobs,maxwall,qos,defaultqos",
     "cluster,account,user,partition,share,maxjobs,maxsubmitjobs,maxwall,qos,defaultqos"},
    {"qos", "qos", "QOS", "name,priority,preempt,preemptmode,description",
     "name,priority,preempt,preemptmode,description"},
    {"clusters", "clusters", "clusters", "cluster,controlhost,controlport,nodes",
     "cluster,controlhost,controlport,nodes"},
});

struct Wishes {
  TableForm form;
  bool with_associations = false;
  std::string format;
  std::string names;
  std::string users;
  std::string accounts;
};

/// Reads the words after the entity; nothing once what is wrong has been said.
bool read_conditions(const std::vector<std::string>& given, Wishes& wishes) {
  for (std::size_t i = 2; i < given.size(); ++i) {
    const auto equals = std::min(given[i].find('='), given[i].size());
    const auto key = boost::algorithm::to_lower_copy(given[i].substr(0, equals));
    const auto text = given[i].substr(std::min(equals + 1, given[i].size()));
    if (key == "where") continue;
    if (key.starts_with("withas"))
      wishes.with_associations = true;
    else if (equals == given[i].size())
      wishes.names += given[i] + ",";
    else if (std::string_view("format").starts_with(key))
      wishes.format = text;
    else if (std::string_view("names").starts_with(key))
      wishes.names += text + ",";
    else if (std::string_view("users").starts_with(key))
      wishes.users = text;
    else if (std::string_view("accounts").starts_with(key))
      wishes.accounts = text;
    else
      return complain_plainly(" Unknown condition: " + given[i]) == exit_success;
  }
  return true;
}

bool is_in(const std::string& list, const std::string& word) {
  const auto all = split_list(list);
  return all.empty() || std::ranges::find(all, word) != all.end();
}

/// Associations of what is listed, in full.
std::vector<const json::object*> associations_of(const json::object& entity,
                                                 const json::array& all) {
  std::vector<const json::object*> own;
  const auto name = text_of(entity, "name");
  const bool is_user = entity.contains("administrator_level");
  for (const auto& each : all)
    if (text_of(each.as_object(), is_user ? "user" : "account") == name)
      own.push_back(&each.as_object());
  return own;
}

std::vector<Record> records_of(const Entity& entity, const Wishes& wishes, const json::array& items,
                               const json::array& associations) {
  std::vector<Record> records;
  for (const auto& item : items) {
    const auto& object = item.as_object();
    if (entity.name == "associations") {
      if (is_in(wishes.users + "," + wishes.names, text_of(object, "user")) &&
          is_in(wishes.accounts, text_of(object, "account")))
        records.push_back({&object, &object});
      continue;
    }
    const auto& named = entity.name == "users"      ? wishes.users
                        : entity.name == "accounts" ? wishes.accounts
                                                    : wishes.names;
    if (!is_in(wishes.names + "," + named, text_of(object, "name"))) continue;
    if (!wishes.with_associations) records.push_back({&object, nullptr});
    if (wishes.with_associations)
      for (const auto* own : associations_of(object, associations))
        records.push_back({&object, own});
  }
  return records;
}

int show(const Client& client, const Entity& entity, Wishes wishes) {
  const auto answer = client.get(fmt::format("{}/{}", accounting, entity.target));
  if (!answer) return complain("sacctmgr", answer.error().message);
  // A field of associations is as good as asking for them.
  const auto wanted = boost::algorithm::to_lower_copy(wishes.format);
  for (const auto* field : {"partition", "maxjobs", "maxsubmit", "maxwall", "share", "defaultqos"})
    wishes.with_associations =
        wishes.with_associations || wanted.find(field) != std::string_view::npos;
  json::array associations;
  if (wishes.with_associations && entity.name != "associations") {
    const auto all = client.get(fmt::format("{}/associations", accounting));
    if (all) associations = list_of(*all, "associations");
  }
  const auto format = !wishes.format.empty()     ? std::string_view(wishes.format)
                      : wishes.with_associations ? entity.with_associations
                                                 : entity.usual;
  std::string unknown;
  const auto records = records_of(entity, wishes, list_of(*answer, entity.member), associations);
  const auto table = table_of<Record>(fields, format, records, unknown);
  if (!table) return complain_plainly(fmt::format(" Unknown field '{}'", unknown));
  std::cout << table->text(wishes.form);
  return exit_success;
}

const Entity* find_entity(const std::string& word) {
  const auto name = boost::algorithm::to_lower_copy(word);
  for (const auto& entity : entities)
    if (!name.empty() && entity.name.starts_with(name)) return &entity;
  return nullptr;
}

}  // namespace

int sacctmgr(Words given) {
  Wishes wishes;
  const auto reading =
      read_words("sacctmgr", given,
                 {flag("noheader", 'n', wishes.form.no_header),
                  flag("parsable", 'p', wishes.form.ends_with_bar),
                  flag("parsable2", 'P', wishes.form.is_parsable),
                  flag("associations", 's', wishes.with_associations),
                  ignored("immediate", 'i', false), ignored("readonly", 'r', false)},
                 help);
  if (!reading.operands) return reading.exit_code;
  wishes.form.is_parsable = wishes.form.is_parsable || wishes.form.ends_with_bar;
  const auto& operands = *reading.operands;
  if (operands.empty()) {
    std::cout << help;
    return exit_success;
  }
  if (operands.front() != "show" && operands.front() != "list")
    return complain("sacctmgr",
                    "people and teams are changed with `orrery admin center-user|center-team`");
  const auto* entity = operands.size() > 1 ? find_entity(operands[1]) : nullptr;
  if (entity == nullptr) return complain_plainly("No valid entity in show command");
  if (!read_conditions(operands, wishes)) return exit_failure;
  const auto client = Client::find(reading.server);
  if (!client) return complain("sacctmgr", client.error().message);
  return show(*client, *entity, std::move(wishes));
}

}  // namespace orrery::slurm
