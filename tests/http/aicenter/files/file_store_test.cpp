#include "http/aicenter/files/file_store.hpp"

#include <algorithm>
#include <array>
#include <future>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "http/aicenter/files/beneath.hpp"
#include "tests/http/aicenter/files/file_store_fixture.hpp"

using namespace orrery;
using namespace orrery::aicenter;

namespace {

std::vector<std::string> names(const std::vector<FileEntry>& entries) {
  std::vector<std::string> names;
  for (const auto& entry : entries) names.push_back(entry.name);
  return names;
}
using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("files are listed, opened and removed; folders are made with those above them") {
  StoredFiles files;
  files.put("data/train.bin", "0123456789");
  CHECK(files.store->make_folder("kim", "a/b/c", files.quota, files.now).value());
  CHECK_FALSE(files.store->make_folder("kim", "a/b/c", files.quota, files.now).value());
  CHECK(names(*files.store->list("kim", "")) == Names{"a", "data"});
  const auto listed = files.store->list("kim", "data").value();
  REQUIRE(names(listed) == Names{"train.bin"});
  CHECK(listed[0].size_bytes == 10);
  CHECK_FALSE(listed[0].is_folder);

  const auto opened = files.store->open("kim", "data/train.bin").value();
  CHECK(opened.size_bytes == 10);
  std::array<char, 4> bytes{};
  CHECK(::pread(opened.descriptor->get(), bytes.data(), 4, 3) == 4);
  CHECK(std::string(bytes.data(), 4) == "3456");

  CHECK(files.store->remove("kim", "a").error() == FileProblem::folder_is_not_empty);
  CHECK(files.store->remove("kim", "a/b/c").has_value());
  CHECK(files.store->remove("kim", "data/train.bin").has_value());
  CHECK(files.store->remove("kim", "data/train.bin").error() == FileProblem::path_does_not_exist);
  CHECK(files.store->open("kim", "data").error() == FileProblem::not_a_file);
  CHECK(files.store->list("kim", "nothing").error() == FileProblem::path_does_not_exist);
  CHECK(files.store->list("park", "")->empty());
  CHECK(files.store->folder_of("lee") == files.directory.path() / "home" / "lee");
  CHECK(std::filesystem::is_directory(files.directory.path() / "home" / "lee"));
}

TEST_CASE("what a job has planted in a folder leads nowhere") {
  StoredFiles files;
  files.put("mine", "mine");
  const auto secret = files.directory.path() / "secret";
  std::ofstream(secret) << "secret";
  std::filesystem::create_symlink(secret, files.home("link"));
  std::filesystem::create_symlink("mine", files.home("inner"));
  std::filesystem::create_directory_symlink(files.directory.path(), files.home("out"));
  std::filesystem::create_directory_symlink("/proc/self/fd", files.home("magic"));
  REQUIRE(::mkfifo(files.home("pipe").c_str(), 0600) == 0);

  CHECK(files.store->open("kim", "link").error() == FileProblem::not_a_file);
  CHECK(files.store->open("kim", "inner").error() == FileProblem::not_a_file);
  CHECK(files.store->open("kim", "pipe").error() == FileProblem::not_a_file);
  CHECK_FALSE(files.store->open("kim", "out/secret").has_value());
  CHECK_FALSE(files.store->open("kim", "magic/0").has_value());
  CHECK(files.store->list("kim", "out").error() == FileProblem::not_a_folder);
  CHECK(files.store->make_folder("kim", "out/folder", files.quota, files.now).error() ==
        FileProblem::not_a_folder);
  CHECK(files.store->remove("kim", "out/secret").error() == FileProblem::not_a_folder);
  CHECK(names(*files.store->list("kim", "")) == Names{"mine"});

  SECTION("an upload that would go through a link stays where it is") {
    REQUIRE(files.create("out/stolen", 4, 2).has_value());
    CHECK(files.append("abcd", 0, 2).error() == FileProblem::not_a_folder);
    CHECK_FALSE(std::filesystem::exists(files.directory.path() / "stolen"));
    CHECK_FALSE(files.status(2)->is_complete);
    CHECK(files.status(2)->offset_bytes == 0);
    SECTION("until the way is free") {
      std::filesystem::remove(files.home("out"));
      CHECK(files.append("abcd", 0, 2)->is_complete);
      CHECK(files.content("out/stolen") == "abcd");
    }
  }
  SECTION("an upload replaces a link, not what it points to") {
    files.put("link", "new", 2);
    CHECK(std::filesystem::is_regular_file(std::filesystem::symlink_status(files.home("link"))));
    CHECK(files.content("link") == "new");
  }
  SECTION("removing a link removes the link") {
    CHECK(files.store->remove("kim", "out").has_value());
    CHECK(std::filesystem::exists(secret));
  }
  SECTION("erasing a person follows no links") {
    files.store->erase("kim");
    CHECK_FALSE(std::filesystem::exists(files.home()));
    CHECK(std::filesystem::exists(secret));
  }
}

TEST_CASE("without openat2 the way beneath a folder is gone step by step, as safely") {
  ScratchFolder scratch;
  std::filesystem::create_directories(scratch.path() / "home/a/b");
  std::ofstream(scratch.path() / "home/a/b/file") << "x";
  std::ofstream(scratch.path() / "secret") << "x";
  std::filesystem::create_symlink("../secret", scratch.path() / "home/link");
  std::filesystem::create_directory_symlink("..", scratch.path() / "home/up");
  const Descriptor home(::open((scratch.path() / "home").c_str(), O_RDONLY | O_DIRECTORY));
  for (auto* open : {&open_beneath, &open_step_by_step}) {
    CHECK(open(home.get(), "a/b/file", O_RDONLY));
    CHECK(open(home.get(), "a", O_RDONLY | O_DIRECTORY));
    CHECK(open(home.get(), "", O_RDONLY | O_DIRECTORY));
    CHECK_FALSE(open(home.get(), "link", O_RDONLY));
    CHECK_FALSE(open(home.get(), "up/secret", O_RDONLY));
    CHECK_FALSE(open(home.get(), "a/nothing", O_RDONLY));
  }
}

TEST_CASE("names of people are checked as names of files are") {
  StoredFiles files;
  for (const std::string user : {"", ".", "..", "../kim", "a/b"}) {
    CHECK(files.store->list(user, "").error() == FileProblem::name_is_not_allowed);
    files.store->erase(user);
  }
  CHECK(std::filesystem::exists(files.directory.path() / "home"));
}

TEST_CASE("the store takes no more work than its queue holds") {
  StoredFiles files;
  auto configuration = files.configuration();
  configuration.thread_count = 1;
  configuration.job_count_max = 2;
  files.store.reset();
  files.store.emplace(configuration);
  std::promise<void> gate;
  std::promise<void> done;
  CHECK(files.store->run([&] { gate.get_future().wait(); }));
  CHECK(files.store->run([&] { done.set_value(); }));
  CHECK_FALSE(files.store->run([] {}));
  gate.set_value();
  done.get_future().wait();
}

TEST_CASE("what counts against the quota can't be made small") {
  StoredFiles files;
  files.put("small", "x");
  CHECK(files.store->use("kim", files.now)->file_bytes == 4096);
  const auto later = [&] { return files.now += std::chrono::minutes(1); };

  SECTION("holes count as what they may become") {
    REQUIRE(::truncate(files.home("small").c_str(), 10'000'000) == 0);
    CHECK(files.store->use("kim", later())->file_bytes == 10'000'000);
    CHECK(files.create("more", 1, 2).error() == FileProblem::quota_is_exceeded);
  }
  SECTION("empty files and folders aren't free") {
    std::filesystem::create_directory(files.home("folder"));
    for (int i = 0; i < 10; ++i) std::ofstream(files.home("folder") / std::to_string(i));
    CHECK(files.store->use("kim", later())->file_bytes == 12 * 4096);
    CHECK(files.store->use("kim", files.now)->entry_count == 12);
  }
  SECTION("what lies too deep to be counted is more than anybody may have") {
    auto deep = files.home();
    const auto here = std::filesystem::current_path();
    for (int i = 0; i < 20; ++i) {
      std::filesystem::current_path(deep);
      deep = std::string(250, 'd');
      std::filesystem::create_directory(deep);
    }
    std::filesystem::current_path(here);
    CHECK(files.store->use("kim", later())->total() > quota_bytes_default);
    CHECK(files.create("more", 1, 2).error() == FileProblem::quota_is_exceeded);
  }
}
