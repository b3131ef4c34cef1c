#include <iostream>
#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/url/url.hpp>

#include "cli/admin_request.hpp"
#include "cli/admin_table.hpp"
#include "cli/command.hpp"
#include "cli/exit_codes.hpp"
#include "cli/server_flags.hpp"

namespace orrery {
namespace {

namespace json = boost::json;
using Place = AdminArgument::Place;

/// What the command line says, filled while it is parsed.
struct AdminArguments {
  ServerFlags server;
  bool json = false;
  /// A position or a time; empty for the present.
  std::string as_of;
  const AdminVerb* verb = nullptr;
  AdminWords words;
};
using Arguments = std::shared_ptr<AdminArguments>;

int complain(std::string_view message, int code) {
  std::cerr << "orrery admin: " << message << '\n';
  return code;
}

/// The detail of a problem, with what to do next.
std::string refusal_of(const AdminAnswer& answer) {
  const auto detail = problem_text(answer);
  switch (answer.status) {
    case 401:
      return fmt::format("the key is not good here: {}", no_key_hint);
    case 403:
      return detail + " `orrery admin me show` tells whom the key speaks for.";
    case 404:
      return detail + "; the noun's `list` shows what there is";
    case 429:
    case 503:
      return detail + " Nothing was changed.";
    default:
      return detail;
  }
}

void print(const AdminArguments& arguments, const json::value& body) {
  if (arguments.json)
    std::cout << json::serialize(body) << '\n';
  else if (!arguments.verb->columns.empty())
    std::cout << admin_table(body.at("items").as_array(), arguments.verb->columns);
  else
    std::cout << admin_lines(body.as_object());
}

/// Asks for page after page of a list, and gives all of it as one.
boost::system::result<json::value, AdminFailure> ask_all(const AdminServer& server,
                                                         const AdminRequest& request) {
  json::value whole;
  auto target = request.target;
  while (true) {
    const auto answer = ask(server, request.method, target, request.body);
    if (!answer) return answer.error();
    if (answer->status >= 300) return AdminFailure{refusal_of(*answer)};
    if (answer->body.empty()) return json::value(json::object{{"done", true}});
    json::error_code failure;
    auto page = json::parse(answer->body, failure);
    if (failure || !page.is_object())
      return AdminFailure{fmt::format("{} answers no JSON: is it an Orrery server?", server.url)};
    if (whole.is_null())
      whole = page;
    else
      for (auto& item : page.at("items").as_array())
        whole.at("items").as_array().push_back(std::move(item));
    const auto* next = page.as_object().if_contains("next");
    whole.as_object().erase("next");
    if (!next) return whole;
    target = fmt::format("{}{}after={}", request.target,
                         request.target.find('?') == std::string::npos ? "?" : "&",
                         next->as_string().c_str());
  }
}

/// "-" for a secret reads a line of the standard input.
void read_secrets(AdminArguments& arguments) {
  for (const auto& argument : arguments.verb->arguments) {
    const auto word = arguments.words.find(argument.name);
    if (argument.form != AdminArgument::Form::secret || word == arguments.words.end()) continue;
    if (word->second == "-") std::getline(std::cin, word->second);
  }
}

/// What is read is read as of then.
void add_moment(const std::string& as_of, AdminRequest& request) {
  if (as_of.empty()) return;
  boost::urls::url target(request.target);
  target.params().append(boost::urls::param_view("as_of", as_of));
  const auto text = target.buffer();
  request.target.assign(text.data(), text.size());
}

int run(AdminArguments& arguments) {
  const auto server = find_server(arguments.server);
  if (!server) return complain(server.error().message, exit_usage);
  if (server->key.empty()) return complain(no_key_hint, exit_usage);
  read_secrets(arguments);
  auto request = admin_request(*arguments.verb, arguments.words);
  if (!request) return complain(request.error().message, exit_usage);
  add_moment(arguments.as_of, *request);
  const auto answer = ask_all(*server, *request);
  if (!answer) return complain(answer.error().message, exit_failure);
  print(arguments, *answer);
  return exit_success;
}

void add_argument(CLI::App& command, const AdminArgument& argument, const Arguments& arguments) {
  const bool plain = argument.place == Place::path || argument.place == Place::body_word;
  const auto flag = plain ? std::string(argument.name) : admin_flag(argument);
  if (argument.form == AdminArgument::Form::flag) {
    command.add_flag_callback(
        flag, [arguments, name = std::string(argument.name)] { arguments->words[name] = "true"; },
        std::string(argument.help));
    return;
  }
  auto* option = command.add_option_function<std::string>(
      flag,
      [arguments, name = std::string(argument.name)](const std::string& word) {
        arguments->words[name] = word;
      },
      std::string(argument.help));
  if (argument.required) option->required();
}

/// They may stand before the noun or after the verb.
void add_server_options(CLI::App& command, AdminArguments& arguments) {
  add_server_flags(command, arguments.server);
  command.add_flag("--json", arguments.json, "the answer as JSON");
}

void add_verb(CLI::App& noun, const AdminVerb& verb, const Arguments& arguments,
              ChosenCommand& chosen) {
  auto* command = noun.add_subcommand(std::string(verb.verb), std::string(verb.help));
  for (const auto& argument : verb.arguments) add_argument(*command, argument, arguments);
  add_server_options(*command, *arguments);
  if (verb.method == "GET")
    command->add_option("--as-of", arguments->as_of,
                        "as it was at this position of the log, or this time (RFC 3339)");
  command->callback([arguments, &verb, &chosen] {
    arguments->verb = &verb;
    chosen = [arguments] { return run(*arguments); };
  });
}

}  // namespace

void add_admin_command(CLI::App& orrery, ChosenCommand& chosen) {
  auto* admin = orrery.add_subcommand(
      "admin",
      "administer a running server: organizations, keys, quotas, nodes, namespaces, bills …");
  admin->require_subcommand(1);
  admin->footer(
      "Examples:\n"
      "  orrery admin organization create --name acme --data /var/lib/orrery\n"
      "  orrery admin topup add NAMESPACE --amount 100.00\n"
      "  ORRERY_URL=https://gpu.example ORRERY_KEY=oop_… orrery admin node list --json\n"
      "Without --url or ORRERY_URL the server is taken to be on this machine.");
  const auto arguments = std::make_shared<AdminArguments>();
  add_server_options(*admin, *arguments);
  CLI::App* noun = nullptr;
  for (const auto& verb : admin_verbs()) {
    if (noun == nullptr || noun->get_name() != verb.noun) {
      noun = admin->add_subcommand(std::string(verb.noun), std::string(admin_noun_help(verb.noun)));
      noun->require_subcommand(1);
    }
    add_verb(*noun, verb, arguments, chosen);
  }
}

}  // namespace orrery
