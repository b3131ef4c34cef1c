#include "cli/slurm_settings.hpp"

#include <fstream>

#include <catch2/catch.hpp>

#include "cli/configuration_sources.hpp"
#include "cli/exit_codes.hpp"
#include "cli/service_settings.hpp"
#include "cli/start_failure.hpp"
#include "tests/support/scratch_folder.hpp"

namespace orrery {
namespace {

std::string refusal_of(const Configuration& configuration) {
  try {
    check_slurm_settings(configuration);
  } catch (const StartFailure& failure) {
    CHECK(failure.exit_code == exit_usage);
    return failure.message;
  }
  return "";
}

Configuration enabled() {
  Configuration configuration;
  configuration.slurm_enabled = true;
  return configuration;
}

}  // namespace

TEST_CASE("the section of a driver is read from a file, and printed as one") {
  const ScratchFolder folder;
  const auto file = folder.path() / "orrery.toml";
  std::ofstream(file) << "[driver.slurm]\nenabled = true\naccess = 'rest'\nports = '30000-30100'\n"
                         "pending-max = 8\ninstance-command = 'run \"${IMAGE} x\"'\n";
  const auto configuration = load_configuration({}, {}, file);
  REQUIRE(configuration.has_value());
  const auto& values = configuration->values;
  CHECK(values.slurm_enabled);
  CHECK(values.slurm_access == "rest");
  CHECK((values.slurm_port_first == 30'000 && values.slurm_port_last == 30'100));
  CHECK(values.slurm_pending_max == 8);
  CHECK_THAT(to_toml(*configuration), Catch::Contains("\n[driver.slurm]\nenabled = true"));

  std::ofstream(file) << "[driver.slurm]\nacces = 'rest'\n";
  CHECK_THAT(load_configuration({}, {}, file).error().message,
             Catch::EndsWith("line 2: key driver.slurm.acces is unknown; the nearest is "
                             "driver.slurm.access"));
  std::ofstream(file) << "[driver.slum]\nenabled = true\n";
  CHECK_THAT(load_configuration({}, {}, file).error().message,
             Catch::EndsWith("section driver.slum is unknown; the nearest is driver.slurm"));
}

TEST_CASE("settings of Slurm that don't go together are refused with what is missing") {
  auto configuration = enabled();
  CHECK(refusal_of(configuration).empty());
  configuration.listen_port = 0;
  CHECK_THAT(refusal_of(configuration), Catch::Contains("server-url must be given"));
  configuration.slurm_server_url = "10.0.0.1:8080";
  CHECK_THAT(refusal_of(configuration), Catch::Contains("must be a URL such as"));
  configuration.slurm_server_url = "http://10.0.0.1:8080";
  CHECK(refusal_of(configuration).empty());

  configuration.slurm_access = "rest";
  CHECK_THAT(refusal_of(configuration), Catch::Contains("rest-url, rest-user and rest-token-file"));
  configuration.slurm_rest_url = "http://127.0.0.1:6820";
  configuration.slurm_rest_user = "orrery";
  configuration.slurm_rest_token_file = "/no/such.token";
  CHECK_THAT(refusal_of(configuration), Catch::Contains("/no/such.token: No such file"));
  configuration.slurm_enabled = false;
  CHECK(refusal_of(configuration).empty());
}

TEST_CASE("folders and files of Slurm's that aren't there are named") {
  auto configuration = enabled();
  configuration.slurm_directory = "/no/such/folder";
  CHECK(refusal_of(configuration) == "driver.slurm.directory: there is no folder /no/such/folder");
  configuration = enabled();
  configuration.slurm_programs = "/no/such/bin";
  CHECK_THAT(refusal_of(configuration), Catch::Contains("programs: there is no folder"));
  configuration = enabled();
  configuration.slurm_conf = "/no/such/slurm.conf";
  CHECK_THAT(refusal_of(configuration), Catch::Contains("slurm-conf /no/such/slurm.conf: "));
  configuration = enabled();
  configuration.slurm_environment_file = "/no/such/environment";
  CHECK_THAT(refusal_of(configuration), Catch::Contains("environment-file /no/such/environment"));
  configuration = enabled();
  configuration.slurm_gpu_models = "a100";
  CHECK_THAT(refusal_of(configuration), Catch::Contains("gpu-models must be TYPE=MODEL"));
  configuration = enabled();
  configuration.slurm_cluster.clear();
  CHECK_THAT(refusal_of(configuration), Catch::Contains("cluster must have"));
  configuration.slurm_cluster = "gpu/a100 b";
  CHECK_THAT(refusal_of(configuration), Catch::Contains("cluster must have"));
  configuration.slurm_cluster = "gpu-a100.b_2";
  CHECK(refusal_of(configuration).find("cluster") == std::string::npos);
}

TEST_CASE("what the slurm driver works with follows from the settings") {
  auto configuration = enabled();
  configuration.data = "/srv/orrery";
  configuration.slurm_instance_command = "run \"--name=${IMAGE} x\"  -p ${PORT}";
  configuration.slurm_runtime = "podman";
  configuration.slurm_container_options = "--runtime=runc";
  configuration.slurm_gpu_models = "a100=A100-40GB, a40=A40-48GB";
  configuration.slurm_save_interval_s = 3;
  const auto slurm = slurm_configuration(configuration);
  CHECK(slurm.directory == "/srv/orrery/slurm");
  CHECK(slurm.homes == "/srv/orrery/center/home");
  CHECK(slurm.recipes == "/srv/orrery/recipes");
  CHECK(slurm.program.is_absolute());
  CHECK(slurm.server_url == "http://127.0.0.1:8080");
  CHECK(slurm.save_interval == std::chrono::seconds(3));
  CHECK(slurm.runtime == SlurmRuntime::podman);
  CHECK(slurm.instance_command ==
        std::vector<std::string>{"run", "--name=${IMAGE} x", "-p", "${PORT}"});
  CHECK(slurm.container_options == std::vector<std::string>{"--runtime=runc"});
  CHECK(slurm.gpu_models ==
        std::map<std::string, std::string>{{"a100", "A100-40GB"}, {"a40", "A40-48GB"}});
  CHECK(services_cluster(configuration) == "slurm");
}

}  // namespace orrery
