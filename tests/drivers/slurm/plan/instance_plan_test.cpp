#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <catch2/catch.hpp>

#include "drivers/runs/program_output.hpp"
#include "drivers/runs/reported_run.hpp"
#include "drivers/slurm/plan/instance_address.hpp"
#include "drivers/slurm/plan/instance_folders.hpp"
#include "drivers/slurm/plan/instance_snapshot.hpp"
#include "events/codec.hpp"
#include "events/registry.hpp"
#include "storage/memory/memory_event_log.hpp"
#include "tests/drivers/slurm/plan/plan_scene.hpp"

using namespace orrery;

namespace {

namespace fs = std::filesystem;
using Words = std::vector<std::string>;

constexpr auto base = "images.example/pytorch:2.3.0";
const SnapshotWish wish{"image-1", "images.example/u1/mine:v1"};

StartInstance instance(const std::string& id, std::string image = base) {
  StartInstance start;
  start.instance_id = id;
  start.node_id = "slurm-a1";
  start.fence = 3;
  start.image = std::move(image);
  start.cpu_count = 4;
  start.memory_gib = 16;
  return start;
}

struct InstanceScene : PlanScene {
  SlurmPlanResult plan_one(const StartInstance& start) {
    return plan(start, run_id_of_instance(start.instance_id));
  }
  fs::path disk(const std::string& id) const {
    return instances_folder(configuration) / id / "disk";
  }
};

void write_text(const fs::path& file, std::string_view text) { std::ofstream(file) << text; }

std::string text_of(const fs::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

void happened(EventLog& log, const std::string& stream, const Event& event) {
  std::string payload;
  encode(event, payload);
  const std::vector<Append> group{{stream,
                                   log.version_of(stream),
                                   Origin{"test", 0, "test"},
                                   {},
                                   {{tag_of(event), version_of(event), payload}}}};
  REQUIRE(log.commit(group, Time{}).at(0).has_value());
}

}  // namespace

TEST_CASE("an instance waits in its own folder until it is ended, and is reached at its node") {
  InstanceScene scene;
  const auto plan = scene.plan_one(instance("i1"));
  REQUIRE(plan.has_value());
  const auto& launch = plan->launch;
  CHECK(launch.command == Words{"sleep", "infinity"});
  CHECK(launch.work_directory == scene.disk("i1").string());
  CHECK(variable(launch, "HOME") == scene.disk("i1").string());
  CHECK(fs::is_directory(scene.disk("i1")));
  CHECK(address_of_instance(launch) == InstanceStarted{"10.0.0.7", launch.ports.at(0)});
  CHECK(plan->order.cpus_per_node == 4);
  CHECK(plan->order.memory_mib_per_node == 16'384);
  CHECK(plan->order.time_limit_min == 0);
}

TEST_CASE("an instance's configured command is told its image, folders and port") {
  InstanceScene scene;
  scene.configuration.instance_command = {"serve",       "${IMAGE}",    "${INSTANCE}",
                                          "${VOLUME_1}", "${VOLUME_2}", "${HOST}:${PORT}"};
  auto start = instance("i1", "odd${NOTHING}");
  start.volumes = {{"v1", "/data", 10, true}, {"v2", "/more", 10, false}};
  const auto plan = scene.plan_one(start);
  REQUIRE(plan.has_value());
  const auto volumes = volumes_folder(scene.configuration);
  CHECK(plan->launch.command == Words{"serve", "odd${NOTHING}", "i1", (volumes / "v1").string(),
                                      (volumes / "v2").string(),
                                      "10.0.0.7:" + std::to_string(plan->launch.ports.at(0))});
  CHECK(variable(plan->launch, "VOLUME") == scene.disk("i1").string());
  CHECK(fs::is_directory(volumes / "v2"));
}

TEST_CASE("what an instance wrote is there when it is on again") {
  InstanceScene scene;
  auto start = instance("i1");
  REQUIRE(scene.plan_one(start).has_value());
  write_text(scene.disk("i1") / "kept", "x");
  start.fence = 9;
  REQUIRE(scene.plan_one(start).has_value());
  CHECK(text_of(scene.disk("i1") / "kept") == "x");
}

TEST_CASE("an instance's image is contained, with its disk as home and its volumes") {
  InstanceScene scene;
  scene.configuration.runtime = SlurmRuntime::podman;
  auto start = instance("i1");
  start.volumes = {{"v1", "/data", 10, true}};
  auto plan = scene.plan_one(start);
  REQUIRE(plan.has_value());
  const auto& words = plan->launch.command;
  CHECK(words.back() == base);
  CHECK(after(words, "--name") == "orrery-i1");
  CHECK(has(words, "type=bind,source=" + scene.disk("i1").string() + ",target=/root"));
  const auto volume = (volumes_folder(scene.configuration) / "v1").string();
  CHECK(has(words, "type=bind,source=" + volume + ",target=/data"));
  start.volumes.front().path = "/data,readonly";
  CHECK(scene.plan_one(start).error().code == "bad_mount");
}

TEST_CASE("names that are no folders' have no folders") {
  InstanceScene scene;
  CHECK(scene.plan_one(instance("..")).error().code == "instance_folder");
  auto start = instance("i1");
  start.volumes = {{"../v", "/data", 10, true}};
  CHECK(scene.plan_one(start).error().code == "volume_folder");
  CHECK(scene.ports.take(10).size() == 10);
}

TEST_CASE("a disk that the file system refuses is a failure of its instance alone") {
  InstanceScene scene;
  REQUIRE(scene.plan_one(instance("i1")).has_value());
  fs::remove_all(scene.disk("i1"));
  fs::create_symlink("disk", scene.disk("i1"));  // ELOOP, for whoever asks what it is.
  CHECK(scene.plan_one(instance("i1")).error().code == "instance_folder");
  CHECK(save_instance(scene.configuration, "i1", wish).error().code == "snapshot_failed");
}

TEST_CASE("an instance is saved once, and another begins with what was on its disk") {
  InstanceScene scene;
  REQUIRE(scene.plan_one(instance("i1")).has_value());
  write_text(scene.disk("i1") / "kept", "x");
  const auto size = save_instance(scene.configuration, "i1", wish);
  REQUIRE(size.has_value());
  CHECK(*size == fs::file_size(archives_folder(scene.configuration) / "image-1.tar"));
  write_text(scene.disk("i1") / "later", std::string(100'000, 'y'));
  CHECK(save_instance(scene.configuration, "i1", wish).value() == *size);

  const auto plan = scene.plan_one(instance("i2", wish.image));
  REQUIRE(plan.has_value());
  auto words = plan->launch.command;
  CHECK(words.back() == "infinity");
  CHECK_FALSE(fs::exists(scene.disk("i2")));
  words.resize(words.size() - 2);
  words.insert(words.end(), {"cat", "kept"});
  CHECK(output_of_program(words.front(), {words.begin() + 1, words.end()}) == "x");
  CHECK(text_of(scene.disk("i2") / "kept") == "x");
  CHECK_FALSE(fs::exists(scene.disk("i2") / "later"));
  CHECK(scene.plan_one(instance("i2", wish.image))->launch.command == Words{"sleep", "infinity"});
}

TEST_CASE("a name that is given anew never stands for the older disk as the newer one") {
  InstanceScene scene;
  REQUIRE(scene.plan_one(instance("i1")).has_value());
  write_text(scene.disk("i1") / "old", "x");
  REQUIRE(save_instance(scene.configuration, "i1", wish).has_value());
  REQUIRE(scene.plan_one(instance("i2", wish.image)).has_value());
  write_text(scene.disk("i1") / "new", std::string(100'000, 'y'));

  const auto again = SnapshotWish{"image-2", wish.image};
  const auto archives = archives_folder(scene.configuration);
  SECTION("the server is killed while it packs") {
    write_text(archives / "image-2.tar.abcdef", "half of it");
  }
  SECTION("or before the name is written") {
    REQUIRE(save_instance(scene.configuration, "i1", {"image-2", "another"}).has_value());
  }
  const auto size = save_instance(scene.configuration, "i1", again);
  REQUIRE(size.has_value());
  CHECK(*size == fs::file_size(archives / "image-2.tar"));
  CHECK(*size > fs::file_size(archives / "image-1.tar"));
  CHECK_FALSE(fs::exists(archives / "image-2.tar.abcdef"));

  const auto has_archive = [](const SlurmPlanResult& plan, const char* name) {
    return std::ranges::any_of(plan->launch.command,
                               [&](const auto& word) { return word.ends_with(name); });
  };
  CHECK(has_archive(scene.plan_one(instance("i3", wish.image)), "/image-2.tar"));
  CHECK(has_archive(scene.plan_one(instance("i2", wish.image)), "/image-1.tar"));  // As it began.
}

TEST_CASE("a disk that is a link isn't saved, and a save that is to stop ends") {
  InstanceScene scene;
  REQUIRE(scene.plan_one(instance("i1")).has_value());
  std::stop_source stop;
  stop.request_stop();
  CHECK(save_instance(scene.configuration, "i1", wish, stop.get_token()).has_error());
  fs::remove(scene.disk("i1"));
  fs::create_directory(scene.folder.path() / "secrets");
  fs::create_directory_symlink(scene.folder.path() / "secrets", scene.disk("i1"));
  CHECK(save_instance(scene.configuration, "i1", wish).error().code == "snapshot_failed");
  CHECK(fs::is_empty(archives_folder(scene.configuration)));
}

TEST_CASE("an instance of a saved image takes its programs from the image that this came from") {
  InstanceScene scene;
  scene.configuration.runtime = SlurmRuntime::podman;
  REQUIRE(scene.plan_one(instance("i1")).has_value());
  REQUIRE(save_instance(scene.configuration, "i1", wish).has_value());
  const auto words = scene.plan_one(instance("i2", wish.image))->launch.command;
  CHECK(words.front() == "/bin/sh");
  CHECK(words.back() == base);
}

TEST_CASE("what isn't there can't be saved, nor under every name") {
  InstanceScene scene;
  CHECK(save_instance(scene.configuration, "i1", wish).error().code == "snapshot_failed");
  REQUIRE(scene.plan_one(instance("i1")).has_value());
  for (const auto* image : {"", "../../x", "a/../../../x"})
    CHECK(save_instance(scene.configuration, "i1", {"image-1", image}).has_error());
}

TEST_CASE("folders of what the log says is deleted are removed, unless a run is still there") {
  InstanceScene scene;
  auto first = instance("i1");
  first.volumes = {{"v1", "/data", 10, true}, {"v2", "/more", 10, true}};
  for (const auto& start : {first, instance("i2"), instance("i3"), instance("i4")})
    REQUIRE(scene.plan_one(start).has_value());
  MemoryEventLog log;
  for (const auto* id : {"i1", "i2", "i3"})
    happened(log, std::string("instance/") + id, InstanceRequested{});
  for (const auto* id : {"i1", "i2"})
    happened(log, std::string("instance/") + id, InstanceDeleted{});
  happened(log, "volume/v1", VolumeDeleted{});
  happened(log, "volume/v2", VolumeCreated{});
  const auto remove = [&](std::string_view alive) {
    return remove_deleted(scene.configuration, log, [&](auto id) { return id == alive; });
  };
  CHECK(remove("i2") == 2);
  CHECK_FALSE(fs::exists(scene.disk("i1")));
  CHECK_FALSE(fs::exists(volumes_folder(scene.configuration) / "v1"));
  CHECK(fs::exists(volumes_folder(scene.configuration) / "v2"));
  CHECK(fs::exists(scene.disk("i2")));
  CHECK(remove("") == 1);
  CHECK(fs::exists(scene.disk("i3")));
  CHECK(fs::exists(scene.disk("i4")));
}
