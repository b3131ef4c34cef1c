#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>

#include <unistd.h>

#include <CLI/CLI.hpp>

#include "cli/configuration_flags.hpp"
#include "cli/configuration_sources.hpp"

using namespace orrery;

namespace {

/// A TOML file that goes away with the test.
class TomlFile {
 public:
  explicit TomlFile(std::string_view text)
      : path_(std::filesystem::temp_directory_path() /
              ("orrery-configuration-" + std::to_string(::getpid()) + ".toml")) {
    std::ofstream(path_) << text;
  }
  ~TomlFile() { std::filesystem::remove(path_); }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

GivenValues flags(const std::string& key, const std::string& text) {
  return {{key, {text, find_setting(key)->flag()}}};
}

std::string failure_of_file(std::string_view text) {
  const TomlFile file(text);
  const auto values = values_of_file(file.path());
  REQUIRE(values.has_error());
  return values.error().message;
}

}  // namespace

TEST_CASE("a flag goes before the environment, and that before the file and the default") {
  const TomlFile file("log-level = 'warn'\n[http]\nthreads = 3\nconnections = 5\n");
  const auto configuration = load_configuration(
      flags("http.threads", "7"),
      {{"ORRERY_HTTP_THREADS", "6"}, {"ORRERY_HTTP_CONNECTIONS", "4"}, {"PATH", "/bin"}},
      file.path());
  REQUIRE(configuration.has_value());
  CHECK(configuration->values.http_threads == 7);
  CHECK(configuration->values.http_connections == 4);
  CHECK(configuration->values.log_level == "warn");
  CHECK(configuration->values.listen_port == 8080);
  CHECK(configuration->origins.at("http.threads") == "--http-threads");
  CHECK(configuration->origins.at("http.connections") == "environment ORRERY_HTTP_CONNECTIONS");
  CHECK(configuration->origins.at("log-level") == file.path().string() + ", line 1");
  CHECK(configuration->origins.at("listen") == "default");
}

TEST_CASE("ORRERY_CONFIG names the file where no flag does") {
  const TomlFile file("dev = true\n");
  const auto configuration =
      load_configuration({}, {{"ORRERY_CONFIG", file.path().string()}}, std::nullopt);
  REQUIRE(configuration.has_value());
  CHECK(configuration->values.dev);
}

TEST_CASE(
    "what a job finds in its environment is no setting, and hinders no command in its script") {
  const auto configuration = load_configuration(
      {}, {{"ORRERY_RUN", "/runs/job-1.1"}, {"ORRERY_SERVER", "http://127.0.0.1:8080"}},
      std::nullopt);
  CHECK(configuration.has_value());
  CHECK(load_configuration({}, {{"ORRERY_RUNS", "x"}}, std::nullopt).has_error());
}

TEST_CASE("a directory or nothing in the file's place is a failure that names it") {
  const auto failure_of = [](const std::filesystem::path& file) {
    return load_configuration({}, {{"ORRERY_CONFIG", file.string()}}, std::nullopt).error().message;
  };
  CHECK_THAT(failure_of("/tmp"), Catch::EndsWith("/tmp is a directory"));
  CHECK_THAT(failure_of("/no/such.toml"),
             Catch::EndsWith("/no/such.toml: No such file or directory"));
}

TEST_CASE("an unknown key names its line and the nearest key") {
  CHECK_THAT(failure_of_file("dev = true\nlisten-on = 'x'\n"),
             Catch::EndsWith("line 2: key listen-on is unknown; the nearest is listen"));
  CHECK_THAT(failure_of_file("[http]\nthread = 1\n"),
             Catch::EndsWith("line 2: key http.thread is unknown; the nearest is http.threads"));
  CHECK_THAT(failure_of_file("something-else-entirely = 1\n"),
             Catch::EndsWith("line 1: key something-else-entirely is unknown"));
}

TEST_CASE("an unknown section names the nearest section") {
  CHECK_THAT(failure_of_file("[htp]\nthreads = 1\n"),
             Catch::EndsWith("line 1: section htp is unknown; the nearest is http"));
}

TEST_CASE("an unknown variable is a failure, for it would be ignored silently") {
  const auto values = values_of_environment({{"ORRERY_LISTN", "127.0.0.1:1"}});
  REQUIRE(values.has_error());
  CHECK(values.error().message ==
        "environment: ORRERY_LISTN is no setting; the nearest is ORRERY_LISTEN");
}

TEST_CASE("a value of another type, or beyond the limits, is a failure that says what fits") {
  CHECK_THAT(failure_of_file("[http]\nthreads = 'two'\n"),
             Catch::EndsWith("http.threads must be a number"));
  CHECK_THAT(failure_of_file("dev = 1\n"), Catch::EndsWith("dev must be true or false"));
  CHECK_THAT(failure_of_file("dev = \n"), Catch::Contains("line 1: "));
  const auto refused = [](const std::string& key, const std::string& text) {
    const auto configuration = load_configuration(flags(key, text), {}, std::nullopt);
    REQUIRE(configuration.has_error());
    return configuration.error().message;
  };
  CHECK(refused("http.threads", "257") ==
        "--http-threads: http.threads must be a number from 0 to 256, not \"257\"");
  CHECK_THAT(refused("time-scale", "0"), Catch::Contains("from 0.001 to 1000000"));
  CHECK_THAT(refused("time-scale", "nan"), Catch::Contains("not \"nan\""));
  CHECK_THAT(refused("log-level", "loud"), Catch::Contains("debug, info, warn, error"));
  CHECK_THAT(refused("listen", "8080"), Catch::Contains("ADDRESS:PORT"));
  CHECK_THAT(refused("listen", "127.0.0.1:65536"), Catch::Contains("ADDRESS:PORT"));
  CHECK_THAT(refused("http.tls-key", "key.pem"), Catch::Contains("go together"));
}

TEST_CASE("an address of version 6 stands in brackets") {
  const auto configuration = load_configuration(flags("listen", "[::1]:0"), {}, std::nullopt);
  REQUIRE(configuration.has_value());
  CHECK(configuration->values.listen_address == "::1");
  CHECK(configuration->values.listen_port == 0);
  CHECK(find_setting("listen")->get(configuration->values) == "[::1]:0");
}

TEST_CASE("what config prints can be read again") {
  const auto first = load_configuration(flags("data", "a \"b\"\\c"), {}, std::nullopt);
  REQUIRE(first.has_value());
  const TomlFile file(to_toml(*first));
  const auto again = load_configuration({}, {}, file.path());
  REQUIRE(again.has_value());
  CHECK(again->values.data == "a \"b\"\\c");
  for (const auto& setting : settings())
    CHECK(setting.get(again->values) == setting.get(first->values));
}

TEST_CASE("every setting's default lies within its own limits") {
  for (const auto& setting : settings()) {
    Configuration configuration;
    CHECK(setting.set(configuration, setting.get(Configuration{})).has_value());
  }
}

TEST_CASE("what is on by itself is switched off by a flag") {
  CLI::App command;
  const auto given = add_configuration_flags(command);
  const auto [word, is_on] =
      GENERATE(table<std::string, bool>({{"--mail-require-tls=false", false},
                                         {"--mail-require-tls", true},
                                         {"--mail-require-tls=true", true}}));
  std::vector<std::string> words{word};
  command.parse(words);
  CHECK(given->given.at("mail.require-tls").text == (is_on ? "true" : "false"));
}
