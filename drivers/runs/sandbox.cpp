#include "drivers/runs/sandbox.hpp"

#include <array>

#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "drivers/runs/program_search.hpp"

namespace orrery {
namespace {

using Words = std::vector<std::string>;

void add(Words& words, std::initializer_list<std::string> more) { words.insert(words.end(), more); }

Words first_words(const Sandbox& sandbox, std::uint32_t temporary_mib = 0) {
  Words words{sandbox.program.string(), "--die-with-parent", "--unshare-pid", "--unshare-ipc"};
  add(words, {"--cap-drop", "ALL", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"});
  for (const std::string folder : {"/tmp", "/var/tmp", "/run"}) {
    if (temporary_mib != 0)
      add(words, {"--size", std::to_string(std::uint64_t{temporary_mib} << 20)});
    add(words, {"--tmpfs", folder});
  }
  add(words, {"--ro-bind-try", "/run/systemd/resolve", "/run/systemd/resolve"});
  return words;
}

void add_devices(Words& words, const std::vector<std::uint32_t>& gpu_indices) {
  if (gpu_indices.empty()) return;
  for (const std::string name : {"nvidiactl", "nvidia-uvm", "nvidia-uvm-tools", "nvidia-modeset"})
    add(words, {"--dev-bind-try", "/dev/" + name, "/dev/" + name});
  for (const auto index : gpu_indices) {
    const auto device = fmt::format("/dev/nvidia{}", index);
    add(words, {"--dev-bind-try", device, device});
  }
}

bool is_below(const std::filesystem::path& path, const std::filesystem::path& folder) {
  return path.string().starts_with((folder / "").string());
}

/// Those below `folder`.
void add_hidden(Words& words, const std::vector<std::filesystem::path>& hidden,
                const std::filesystem::path& folder) {
  for (const auto& path : hidden) {
    std::error_code failure;
    if (!is_below(path, folder)) continue;
    if (std::filesystem::is_directory(path, failure))
      add(words, {"--tmpfs", path.string()});
    else if (std::filesystem::exists(path, failure))
      add(words, {"--ro-bind", "/dev/null", path.string()});
  }
}

/// Installed isn't enough: many containers allow no new namespaces.
bool works(const Sandbox& sandbox) {
  auto words = first_words(sandbox);
  words.emplace_back("true");
  std::vector<char*> arguments;
  for (auto& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  std::string path = fmt::format("PATH={}", search_path);
  std::array<char*, 2> environment{path.data(), nullptr};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  for (const int stream : {0, 1, 2})
    posix_spawn_file_actions_addopen(&actions, stream, "/dev/null", stream == 0 ? 0 : 1, 0);
  pid_t pid = 0;
  const int failure =
      ::posix_spawn(&pid, arguments[0], &actions, nullptr, arguments.data(), environment.data());
  posix_spawn_file_actions_destroy(&actions);
  int status = 0;
  return failure == 0 && ::waitpid(pid, &status, 0) == pid && WIFEXITED(status) &&
         WEXITSTATUS(status) == 0;
}

}  // namespace

SandboxFinding find_sandbox(SandboxMode mode) {
  if (mode == SandboxMode::off) return {};
  const Sandbox sandbox{find_program("bwrap", search_path)};
  if (sandbox.program.empty()) return {{}, "bubblewrap (bwrap) is not installed"};
  if (!works(sandbox)) return {{}, "bubblewrap is installed, but may make no namespaces here"};
  return {sandbox, ""};
}

std::vector<std::string> sandboxed(const Sandbox& sandbox, const SandboxView& view,
                                   const std::vector<std::string>& command) {
  if (sandbox.program.empty()) return command;
  auto words = first_words(sandbox, view.temporary_mib);
  add_devices(words, view.gpu_indices);
  add_hidden(words, view.hidden, "/");
  if (const auto recipes = view.recipes.string(); !recipes.empty()) {
    add(words, {"--ro-bind-try", recipes, recipes});
    add_hidden(words, view.hidden, recipes);  // What lies in there was shown again.
  }
  const auto work = view.work.string();
  add(words, {"--bind", work, work});
  if (const auto folder = view.folder.string(); !folder.empty())
    add(words, {"--bind", folder, folder});
  add(words, {"--chdir", view.directory.empty() ? work : view.directory.string(), "--"});
  words.insert(words.end(), command.begin(), command.end());
  return words;
}

}  // namespace orrery
