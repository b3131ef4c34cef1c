#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/slurm/client.hpp"

namespace orrery::slurm {

/// Words after a command's name.
using Words = std::span<const std::string>;

/// One option, as getopt_long knows it.
struct Option {
  const char* name;
  /// 0: it has none.
  char letter = 0;
  bool takes_value = false;
  /// What to do with it; the value is empty where it takes none. Its answer is a complaint.
  std::function<std::optional<std::string>(const std::string& value)> take;
};

Option flag(const char* name, char letter, bool& target);
Option value(const char* name, char letter, std::string& target);
/// Taken, and of no consequence here.
Option ignored(const char* name, char letter, bool takes_value);

/// What is no option, or nothing once the command has said what is wrong, or printed its help or
/// version (`exit_code` says which). Every command takes --help, --usage, --version, and --url (or
/// --server) and --data for where the server is.
struct Reading {
  std::optional<std::vector<std::string>> operands;
  int exit_code = 0;
  ServerWords server;
};
Reading read_words(std::string_view command, Words words, std::vector<Option> options,
                   std::string_view help);

/// The words with --url, --server and --data taken out, for commands whose options others read.
/// `has_operand`: whether words hold a script or a command already; what follows is its own.
struct WithServer {
  ServerWords server;
  std::vector<std::string> words;
};
WithServer take_server_words(Words words, const std::function<bool(Words)>& has_operand);

/// "a,b , c" → a, b, c
std::vector<std::string> split_list(std::string_view text);

}  // namespace orrery::slurm
