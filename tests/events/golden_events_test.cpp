#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <fmt/format.h>
#include <boost/json/serialize.hpp>
#include <catch2/catch.hpp>

#include "events/codec.hpp"
#include "events/event_json.hpp"
#include "tests/events/event_examples.hpp"
#include "tests/support/project_folders.hpp"

/// A stored byte is for ever: for each version of each event, its bytes and what they mean stand in
/// a file of tests/golden/events/. UPDATE_GOLDEN=1 adds files that are missing. It never changes
/// one: an event whose shape changed needs a new version and an upcaster.

using namespace orrery;
namespace fs = std::filesystem;

namespace {

std::string to_hex(std::string_view bytes) {
  std::string hex;
  for (const auto byte : bytes)
    fmt::format_to(std::back_inserter(hex), "{:02x}", static_cast<unsigned char>(byte));
  return hex;
}

std::string from_hex(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    bytes.push_back(static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16)));
  return bytes;
}

std::string golden_text(const Event& event) {
  std::string payload;
  encode(event, payload);
  return fmt::format("tag {:#06x}\nversion {}\nbytes{}{}\njson {}\n", tag_of(event),
                     version_of(event), payload.empty() ? "" : " ", to_hex(payload),
                     boost::json::serialize(payload_json(event)));
}

/// "operation.started.v1.delete_vm.txt"
fs::path golden_path(const Event& event) {
  std::string alternative;
  if (std::holds_alternative<OperationStarted>(event))
    alternative.append(".").append(payload_json(event).at("goal").as_object().begin()->key());
  return golden_folder() / "events" /
         fmt::format("{}.v{}{}.txt", name_of(event), version_of(event), alternative);
}

std::string text_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("the bytes of every event are as they were", "[golden]") {
  const char* update = std::getenv("UPDATE_GOLDEN");
  const bool may_add = update && std::string(update) == "1";
  for (const auto& event : examples::all) {
    const auto path = golden_path(event);
    if (may_add && !fs::exists(path)) {
      fs::create_directories(path.parent_path());
      std::ofstream(path, std::ios::binary) << golden_text(event);
    }
    INFO(path << ": a new event's file is added with UPDATE_GOLDEN=1; an existing one stays");
    CHECK(text_of(path) == golden_text(event));
  }
}

TEST_CASE("every event of the registry has an example here", "[golden]") {
  for (std::size_t i = 0; i < Events::size; ++i) {
    INFO(Events::names[i]);
    CHECK(std::any_of(examples::all.begin(), examples::all.end(),
                      [&](const Event& event) { return event.index() == i; }));
  }
}

TEST_CASE("every golden file still decodes, whatever its version", "[golden]") {
  int count = 0;
  for (const auto& entry : fs::directory_iterator(golden_folder() / "events")) {
    std::istringstream text(text_of(entry.path()));
    std::string word, tag, version, bytes;
    text >> word >> tag >> word >> version >> word;
    std::getline(text, bytes);  // " 0a0b…", or nothing.
    if (!bytes.empty()) bytes.erase(0, 1);
    INFO(entry.path());
    const auto decoded = decode(static_cast<std::uint16_t>(std::stoi(tag, nullptr, 16)),
                                static_cast<std::uint16_t>(std::stoi(version)), from_hex(bytes));
    CHECK(decoded.has_value());
    ++count;
  }
  CHECK(count >= static_cast<int>(examples::all.size()));
}
