#include <charconv>
#include <functional>
#include <iostream>
#include <map>

#include <fmt/format.h>
#include <boost/algorithm/string/case_conv.hpp>

#include "cli/exit_codes.hpp"
#include "cli/slurm/commands.hpp"
#include "cli/slurm/job_list.hpp"
#include "cli/slurm/scontrol_texts.hpp"
#include "http/aicenter/sbatch/values.hpp"
#include "storage/system_clock.hpp"

namespace orrery::slurm {

namespace {

namespace json = boost::json;

constexpr std::string_view help =
    "Usage: scontrol [OPTIONS] COMMAND\n"
    "  -d, --details                       more about jobs\n"
    "  -o, --oneliner                      one line a record\n"
    "\n"
    "  show job|node|partition|reservation [NAME]\n"
    "  show hostnames|hostlist LIST        a list taken apart, or made\n"
    "  hold|uhold|release|requeue JOB[,…]  a job that waits, or runs\n"
    "  update JobId=N Name=VALUE …         TimeLimit, Partition, Nice, Priority, JobName, "
    "Comment,\n"
    "                                      Dependency, StartTime, QOS, Account, Requeue, "
    "MailType,\n"
    "                                      MailUser, NumNodes, Features, Gres, ReqNodeList\n"
    "  token [username=USER] [lifespan=SECONDS]\n"
    "  ping, version\n";

struct Wishes {
  bool details = false;
  bool oneliner = false;
};

/// A command's words after its name.
struct Call {
  const Client& client;
  const Wishes& wishes;
  std::vector<std::string> words;

  std::string word(std::size_t index) const { return index < words.size() ? words[index] : ""; }
};

void print(const Call& call, const std::string& record) {
  std::cout << (call.wishes.oneliner ? on_one_line(record) : record);
}

int show_jobs(const Call& call) {
  JobWishes wishes;
  wishes.ids = call.word(2);
  wishes.states = "all";
  const auto list = load_jobs(call.client, wishes);
  if (!list) return complain_plainly("slurm_load_jobs error: " + list.error().message);
  if (list->rows.empty() && call.word(2).empty()) std::cout << "No jobs in the system\n";
  if (list->rows.empty() && !call.word(2).empty())
    return complain_plainly("slurm_load_jobs error: Invalid job id specified");
  for (const auto& row : list->rows) print(call, job_record(row, call.wishes.details));
  return exit_success;
}

using Record = std::string(const json::object&);

/// Records of a list, or those that are named.
int show_records(const Call& call, std::string_view what, std::string_view member, Record& text) {
  const auto answer = call.client.get(fmt::format("{}/{}", controller, member));
  if (!answer) return complain_plainly(answer.error().message);
  const auto wanted = sbatch::expand_host_list(call.word(2));
  const auto names = call.word(2).empty() ? std::vector<std::string>{}
                                          : wanted.value_or(std::vector{call.word(2)});
  std::map<std::string, const json::object*> known;
  std::vector<std::string> all;
  for (const auto& each : list_of(*answer, member)) {
    all.push_back(text_of(each.as_object(), "name"));
    known[all.back()] = &each.as_object();
  }
  if (all.empty() && names.empty()) std::cout << fmt::format("No {} in the system\n", member);
  int code = exit_success;
  for (const auto& name : names.empty() ? all : names) {
    const auto found = known.find(name);
    if (found != known.end())
      print(call, text(*found->second));
    else
      code = complain_plainly(fmt::format("{} {} not found", what, name));
  }
  return code;
}

int show_hosts(const Call& call) {
  const auto names = sbatch::expand_host_list(call.word(2));
  if (!names) return complain_plainly("Invalid hostlist: " + call.word(2));
  if (call.word(1) == "hostlist") {
    std::cout << sbatch::host_list_text(*names) << '\n';
    return exit_success;
  }
  for (const auto& name : *names) std::cout << name << '\n';
  return exit_success;
}

int show(const Call& call) {
  const auto what = boost::algorithm::to_lower_copy(call.word(1));
  const auto is = [&](std::string_view whole) { return !what.empty() && whole.starts_with(what); };
  if (is("jobs")) return show_jobs(call);
  if (is("nodes")) return show_records(call, "Node", "nodes", node_record);
  if (is("partitions")) return show_records(call, "Partition", "partitions", partition_record);
  if (is("reservations"))
    return show_records(call, "Reservation", "reservations", reservation_record);
  if (what == "hostnames" || what == "hostlist") return show_hosts(call);
  return complain_plainly(fmt::format("invalid entity:{} for keyword:show ", call.word(1)));
}

/// Calls `change` for every job that a word names, and says what failed.
int on_jobs(const Call& call, const std::string& words,
            const std::function<Result<json::object>(const std::string& id)>& change) {
  if (words.empty()) return complain_plainly("too few arguments for keyword:" + call.word(0));
  int code = exit_success;
  for (const auto& id : split_list(words)) {
    const auto done =
        parse_job_name(id) ? change(id) : Result<json::object>(Failure{"Invalid job id specified"});
    if (!done) code = complain_plainly(fmt::format("{} for job {}", done.error().message, id));
  }
  return code;
}

/// "1 2", "1,2"
std::string jobs_of(const Call& call) {
  std::string jobs;
  for (std::size_t i = 1; i < call.words.size(); ++i) jobs += call.words[i] + ",";
  return jobs;
}

int hold(const Call& call, bool is_held) {
  return on_jobs(call, jobs_of(call), [&](const std::string& id) {
    return call.client.post(fmt::format("{}/job/{}", controller, id), {{"hold", is_held}});
  });
}

int requeue(const Call& call) {
  return on_jobs(call, jobs_of(call), [&](const std::string& id) {
    return call.client.post(fmt::format("{}/jobs/{}/requeue", center, id), {});
  });
}

/// Names of scontrol as keys of the API.
const std::map<std::string, std::string, std::less<>>& keys_of_update() {
  static const std::map<std::string, std::string, std::less<>> keys{
      {"account", "account"},
      {"comment", "comment"},
      {"dependency", "dependency"},
      {"features", "constraints"},
      {"gres", "gres"},
      {"jobname", "name"},
      {"mailtype", "mail_type"},
      {"mailuser", "mail_user"},
      {"name", "name"},
      {"nice", "nice"},
      {"numnodes", "nodes"},
      {"partition", "partition"},
      {"priority", "priority"},
      {"qos", "qos"},
      {"reqnodelist", "nodelist"},
      {"requeue", "requeue"},
      {"starttime", "begin_time"},
      {"timelimit", "time_limit"},
      {"excnodelist", "exclude_nodes"}};
  return keys;
}

/// A value as the API takes it; nothing where it is none.
std::optional<json::value> value_of(std::string_view key, const std::string& text) {
  if (key == "time_limit") {
    const auto minutes = sbatch::parse_time_limit(text);
    return minutes ? std::optional<json::value>(*minutes) : std::nullopt;
  }
  if (key == "begin_time") {
    const auto moment = sbatch::parse_begin_time(text, SystemClock().now(), utc_offset_min());
    return moment ? std::optional<json::value>(*moment) : std::nullopt;
  }
  if (key == "requeue") return json::value(text == "1");
  if (key != "nice" && key != "priority" && key != "nodes") return json::value(text);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return key == "priority" ? json::value(text) : json::value(number);
}

int update(const Call& call) {
  std::string ids;
  json::object body;
  for (std::size_t i = 1; i < call.words.size(); ++i) {
    const auto equals = std::min(call.words[i].find('='), call.words[i].size());
    const auto name = boost::algorithm::to_lower_copy(call.words[i].substr(0, equals));
    const auto text = call.words[i].substr(std::min(equals + 1, call.words[i].size()));
    if (name == "nodename" || name == "partitionname")
      return complain_plainly(
          "nodes are changed with `orrery admin node cordon|uncordon`, partitions with `orrery "
          "center policy apply`");
    if (name == "job" || name == "jobid") {
      ids = text;
      continue;
    }
    const auto key = keys_of_update().find(name);
    if (key == keys_of_update().end())
      return complain_plainly(fmt::format(
          "Update of this parameter is not supported: {}\nRequest aborted", call.words[i]));
    auto value = value_of(key->second, text);
    if (!value) return complain_plainly(fmt::format("Invalid {}: {}", name, text));
    body[key->second] = std::move(*value);
  }
  if (ids.empty()) return complain_plainly("No valid entity in update command");
  return on_jobs(call, ids, [&](const std::string& id) {
    return call.client.post(fmt::format("{}/job/{}", controller, id), body);
  });
}

/// "username=kim", "lifespan=3600"
int mint_token(const Call& call) {
  json::object wish;
  for (std::size_t i = 1; i < call.words.size(); ++i) {
    const auto& word = call.words[i];
    if (word.starts_with("username=")) wish["user"] = word.substr(9);
    std::int64_t seconds = 0;
    if (word.starts_with("lifespan=")) {
      const auto* end = word.data() + word.size();
      if (std::from_chars(word.data() + 9, end, seconds).ptr != end)
        return complain_plainly("Invalid " + word);
      wish["lifespan_s"] = seconds;
    }
  }
  const auto minted = call.client.post(fmt::format("{}/tokens", center), wish);
  if (!minted) return complain_plainly(minted.error().message);
  std::cout << "SLURM_JWT=" << text_of(*minted, "token") << '\n';
  return exit_success;
}

int ping(const Call& call) {
  const auto answer = call.client.get(fmt::format("{}/ping", controller));
  if (!answer) return complain_plainly(answer.error().message);
  for (const auto& each : list_of(*answer, "pings"))
    std::cout << fmt::format("Slurmctld({}) at {} is {}\n", text_of(each.as_object(), "mode"),
                             text_of(each.as_object(), "hostname"),
                             text_of(each.as_object(), "ping"));
  return exit_success;
}

int run(const Call& call) {
  const auto name = boost::algorithm::to_lower_copy(call.word(0));
  if (name == "show") return show(call);
  if (name == "hold" || name == "uhold") return hold(call, true);
  if (name == "release") return hold(call, false);
  if (name == "requeue") return requeue(call);
  if (name == "update") return update(call);
  if (name == "token") return mint_token(call);
  if (name == "ping") return ping(call);
  return complain_plainly("invalid keyword: " + call.word(0));
}

}  // namespace

int scontrol(Words words) {
  Wishes wishes;
  const auto reading = read_words(
      "scontrol", words,
      {flag("details", 'd', wishes.details), flag("oneliner", 'o', wishes.oneliner),
       ignored("all", 'a', false), ignored("verbose", 'v', false), ignored("quiet", 'Q', false)},
      help);
  if (!reading.operands) return reading.exit_code;
  if (reading.operands->empty() || reading.operands->front() == "help") {
    std::cout << help;
    return exit_success;
  }
  if (reading.operands->front() == "version") {
    std::cout << "slurm 22.05.8\n";
    return exit_success;
  }
  const auto client = Client::find(reading.server);
  if (!client) return complain("scontrol", client.error().message);
  return run({*client, wishes, *reading.operands});
}

}  // namespace orrery::slurm
