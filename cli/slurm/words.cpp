#include "cli/slurm/words.hpp"

#include <getopt.h>

#include <algorithm>
#include <iostream>
#include <utility>

#include <fmt/format.h>
#include <boost/algorithm/string/split.hpp>
#include <boost/algorithm/string/trim.hpp>

namespace orrery::slurm {

namespace {

constexpr std::string_view server_help =
    "\nServer:\n"
    "      --server=URL, --url=URL     where it is (ORRERY_SERVER, ORRERY_URL)\n"
    "      --data=DIR                  data directory of a server on this machine\n"
    "Your token: SLURM_JWT, ~/.config/orrery/slurm.jwt, or the development server's.\n";

/// getopt_long's tables for our options: option i answers `first_code + i`.
constexpr int first_code = 1'000;

struct Tables {
  std::string letters;
  std::vector<option> longs;
};

Tables tables_of(const std::vector<Option>& options) {
  Tables tables;
  for (std::size_t i = 0; i < options.size(); ++i) {
    const auto& each = options[i];
    tables.longs.push_back({each.name, each.takes_value ? required_argument : no_argument, nullptr,
                            first_code + static_cast<int>(i)});
    if (each.letter == 0) continue;
    tables.letters += each.letter;
    if (each.takes_value) tables.letters += ':';
  }
  tables.longs.push_back({});
  return tables;
}

const Option& chosen(const std::vector<Option>& options, int code) {
  if (code >= first_code) return options[static_cast<std::size_t>(code - first_code)];
  return *std::ranges::find(options, static_cast<char>(code), &Option::letter);
}

/// Nothing once what is wrong has been said.
std::optional<std::vector<std::string>> take_options(const std::string& command, Words words,
                                                     const std::vector<Option>& options) {
  const auto tables = tables_of(options);
  std::vector<std::string> copies{command};
  copies.insert(copies.end(), words.begin(), words.end());
  std::vector<char*> arguments;
  arguments.reserve(copies.size() + 1);
  for (auto& word : copies) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const auto count = static_cast<int>(copies.size());
  optind = 0;  // Operands may stand before options, as in Slurm's reading commands.
  for (;;) {
    const int code =
        getopt_long(count, arguments.data(), tables.letters.c_str(), tables.longs.data(), nullptr);
    if (code == -1) break;
    if (code == '?') {
      std::cerr << fmt::format("Try \"{} --help\" for more information\n", command);
      return std::nullopt;
    }
    if (const auto complaint = chosen(options, code).take(optarg == nullptr ? "" : optarg)) {
      std::cerr << fmt::format("{}: error: {}\n", command, *complaint);
      return std::nullopt;
    }
  }
  return std::vector<std::string>(arguments.begin() + optind, arguments.begin() + count);
}

}  // namespace

Option flag(const char* name, char letter, bool& target) {
  return {name, letter, false, [&target](const std::string&) -> std::optional<std::string> {
            target = true;
            return std::nullopt;
          }};
}

Option value(const char* name, char letter, std::string& target) {
  return {name, letter, true, [&target](const std::string& text) -> std::optional<std::string> {
            target = text;
            return std::nullopt;
          }};
}

Option ignored(const char* name, char letter, bool takes_value) {
  return {name, letter, takes_value,
          [](const std::string&) -> std::optional<std::string> { return std::nullopt; }};
}

Reading read_words(std::string_view command, Words words, std::vector<Option> options,
                   std::string_view help) {
  Reading reading;
  bool wants_help = false;
  bool wants_version = false;
  for (const auto* name : {"url", "server"}) options.push_back(value(name, 0, reading.server.url));
  options.push_back(value("data", 0, reading.server.data));
  options.push_back(flag("help", 0, wants_help));
  options.push_back(flag("usage", 0, wants_help));
  if (std::ranges::find(options, 'V', &Option::letter) == options.end())
    options.push_back(flag("version", 'V', wants_version));
  auto operands = take_options(std::string(command), words, options);
  if (!operands)
    reading.exit_code = 1;
  else if (wants_help)
    std::cout << help << server_help;
  else if (wants_version)
    std::cout << "slurm 22.05.8\n";
  else
    reading.operands = std::move(operands);
  return reading;
}

WithServer take_server_words(Words words, const std::function<bool(Words)>& has_operand) {
  WithServer with;
  const auto take = [&](std::string_view name, std::string& target, std::size_t& at) {
    const auto& word = words[at];
    const bool is_alone = word == name && at + 1 < words.size();
    const bool is_joined = word.starts_with(name) && word[name.size()] == '=';
    // What stands after a command is the command's own.
    if ((!is_alone && !is_joined) || has_operand(with.words)) return false;
    target = is_alone ? words[++at] : word.substr(name.size() + 1);
    return true;
  };
  for (std::size_t at = 0; at < words.size(); ++at) {
    const bool is_taken = take("--url", with.server.url, at) ||
                          take("--server", with.server.url, at) ||
                          take("--data", with.server.data, at);
    if (!is_taken) with.words.push_back(words[at]);
  }
  return with;
}

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> items;
  boost::algorithm::split(
      items, text, [](char c) { return c == ','; }, boost::algorithm::token_compress_on);
  for (auto& item : items) boost::algorithm::trim(item);
  std::erase(items, "");
  return items;
}

}  // namespace orrery::slurm
