#include "cli/slurm_command.hpp"

#include <filesystem>

#include <CLI/CLI.hpp>

#include "cli/slurm/commands.hpp"
#include "cli/slurm/show_idle.hpp"

namespace orrery {
namespace {

/// The program that `name` means: one of Slurm's commands, or show-a100 and the like.
ChosenCommand program_of(const std::string& name, std::vector<std::string> words) {
  if (const auto* command = slurm::find_command(name))
    return [command, words = std::move(words)] { return command->run(words); };
  const auto model = slurm::shown_model(name);
  if (model.empty()) return nullptr;
  return [model = std::string(model), words = std::move(words)] {
    return slurm::show_idle(model, words);
  };
}

}  // namespace

ChosenCommand slurm_command(int argc, char** argv) {
  if (argc == 0) return nullptr;
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (auto program = program_of(std::filesystem::path(argv[0]).filename().string(), words))
    return program;
  if (words.empty()) return nullptr;
  return program_of(words.front(), {words.begin() + 1, words.end()});
}

void add_slurm_commands(CLI::App& orrery) {
  for (const auto& command : slurm::commands())
    orrery.add_subcommand(std::string(command.name), std::string(command.help))
        ->group("Slurm's commands");
}

}  // namespace orrery
