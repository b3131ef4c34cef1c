#include <algorithm>
#include <fstream>

#include <catch2/catch.hpp>

#include "drivers/local_process/host_resources.hpp"
#include "drivers/runs/port_pool.hpp"
#include "drivers/runs/program_search.hpp"
#include "drivers/runs/sandbox.hpp"
#include "tests/support/scratch_folder.hpp"

using namespace orrery;

TEST_CASE("the GPUs of a host are those of its first model") {
  auto found = gpus_of_list("NVIDIA A100-SXM4-40GB\nNVIDIA A100-SXM4-40GB\r\n");
  CHECK(found.gpu_model == "A100-SXM4-40GB");
  CHECK(found.gpu_count == 2);
  found = gpus_of_list("NVIDIA GeForce RTX 4090\nTesla T4\nNVIDIA GeForce RTX 4090\n");
  CHECK(found.gpu_model == "GeForce-RTX-4090");
  CHECK(found.gpu_count == 1);
  CHECK(gpus_of_list("").gpu_count == 0);
}

TEST_CASE("this host has processors and memory") {
  const auto host = find_host_resources();
  CHECK(host.cpu_count > 0);
  CHECK(host.memory_mib > 0);
}

TEST_CASE("a port that is given back is given again last, and a taken one never") {
  PortPool pool("127.0.0.1", 29'310, 29'313);
  const auto first = pool.take(1);
  REQUIRE(first.size() == 1);
  pool.give_back(first);
  const auto next = pool.take(2);
  REQUIRE(next.size() == 2);
  CHECK(std::ranges::find(next, first.front()) == next.end());
  pool.note_taken({29'310, 29'311, 29'312, 29'313});
  CHECK(pool.take(1).empty());
}

TEST_CASE("programs are found where the path says") {
  CHECK(find_program("sh", "/nowhere:/bin") == "/bin/sh");
  CHECK(find_program("/bin/sh", "") == "/bin/sh");
  CHECK(find_program("sh", "bin:.:").empty());
  CHECK(find_program("/etc/passwd", "/bin").empty());
  CHECK(find_program("", "/bin").empty());
}

TEST_CASE("in the sandbox the server's data is hidden, and the run's own directory isn't") {
  const ScratchFolder folder;
  const auto data = folder.path() / "data", recipes = data / "recipes", work = data / "run/work";
  std::filesystem::create_directories(recipes);
  std::filesystem::create_directories(work);
  std::ofstream(folder.path() / "token") << "secret";
  const auto words = sandboxed({"/usr/bin/bwrap"},
                               {work, recipes, {data, folder.path() / "token"}, {}}, {"true", "x"});
  const auto at = [&](const std::string& option, const std::string& path) {
    for (std::size_t i = 0; i + 1 < words.size(); ++i)
      if (words[i] == option && words[i + 1] == path) return i;
    FAIL(option << ' ' << path << " is missing");
    return std::size_t{0};
  };
  CHECK(at("--ro-bind", "/") < at("--tmpfs", data));
  CHECK(at("--tmpfs", data) < at("--bind", work));
  CHECK(at("--tmpfs", data) < at("--ro-bind-try", recipes));
  CHECK(words[at("--ro-bind", "/dev/null") + 2] == folder.path() / "token");
  CHECK(std::vector(words.end() - 3, words.end()) == std::vector<std::string>{"--", "true", "x"});
  CHECK(std::ranges::find(words, "/dev/nvidia0") == words.end());
  const auto with_gpus = sandboxed({"/usr/bin/bwrap"}, {work, recipes, {}, {2}}, {"true"});
  CHECK(std::ranges::find(with_gpus, "/dev/nvidia2") != with_gpus.end());
  CHECK(std::ranges::find(with_gpus, "/dev/nvidia0") == with_gpus.end());
  CHECK(sandboxed({}, {work, recipes, {}, {}}, {"true"}) == std::vector<std::string>{"true"});
}
