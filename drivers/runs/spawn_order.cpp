#include "drivers/runs/spawn_order.hpp"

#include <sys/stat.h>
#include <unistd.h>

namespace orrery {
namespace {

std::vector<char*> pointers_to(const std::vector<std::string>& words) {
  std::vector<char*> pointers;
  for (const auto& word : words) pointers.push_back(const_cast<char*>(word.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

SpawnOrder::SpawnOrder(const sigset_t& held_back) {
  posix_spawn_file_actions_init(&files_);
  posix_spawnattr_init(&attributes_);
  sigset_t all;
  sigfillset(&all);
  posix_spawnattr_setsigmask(&attributes_, &held_back);
  posix_spawnattr_setsigdefault(&attributes_, &all);
  posix_spawnattr_setflags(&attributes_,
                           POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
}

SpawnOrder::~SpawnOrder() {
  posix_spawn_file_actions_destroy(&files_);
  posix_spawnattr_destroy(&attributes_);
}

void SpawnOrder::give(int stream, int descriptor) {
  posix_spawn_file_actions_adddup2(&files_, descriptor, stream);
}

void SpawnOrder::give(int stream, const std::string& file, int flags) {
  posix_spawn_file_actions_addopen(&files_, stream, file.c_str(), flags, S_IRUSR | S_IWUSR);
}

int SpawnOrder::start(pid_t& pid, const std::vector<std::string>& words,
                      const std::vector<std::string>& environment) {
  posix_spawn_file_actions_addclosefrom_np(&files_, STDERR_FILENO + 1);
  return ::posix_spawn(&pid, words.front().c_str(), &files_, &attributes_,
                       pointers_to(words).data(), pointers_to(environment).data());
}

}  // namespace orrery
