#include "cli/service_settings.hpp"

#include <catch2/catch.hpp>

#include "cli/exit_codes.hpp"
#include "cli/start_failure.hpp"
#include "http/auth/credential.hpp"
#include "tests/http/recipes/recipe_folder_fixture.hpp"

using namespace orrery;

namespace {

constexpr std::string_view token = "0123456789abcdef0123456789abcdef";

/// The message of the failure that the step ends with, after its exit code; "" where it goes well.
template <class Step>
std::string failure(const Step& step) {
  try {
    step();
    return "";
  } catch (const StartFailure& stopped) {
    return std::to_string(stopped.exit_code) + " " + stopped.message;
  }
}

Configuration listening_at(const std::string& address) {
  Configuration configuration;
  configuration.listen_address = address;
  return configuration;
}

}  // namespace

TEST_CASE("on loopback the service API asks for no token") {
  for (const auto* address : {"127.0.0.1", "127.8.9.10", "::1"})
    CHECK_FALSE(services_token_digest(listening_at(address)));
}

TEST_CASE("where others reach the server it doesn't start without a token") {
  for (const auto* address : {"0.0.0.0", "::", "10.0.0.1", "::ffff:127.0.0.1"}) {
    const auto message = failure([&] { services_token_digest(listening_at(address)); });
    CHECK_THAT(message, Catch::StartsWith("2 ") && Catch::Contains("openssl rand -hex 32") &&
                            Catch::Contains("--services-token-file"));
  }
}

TEST_CASE("a name is no address to listen at, but for localhost") {
  CHECK(failure([] { services_token_digest(listening_at("a-name")); }) ==
        "2 listen must have an IP address or localhost, not a-name");
  Configuration configuration;
  CHECK(find_setting("listen")->set(configuration, "localhost:8001").has_value());
  CHECK(configuration.listen_address == "127.0.0.1");
}

TEST_CASE("a token that is configured is asked for everywhere") {
  const RecipeFolder folder;
  folder.write("token", std::string(token) + "\n");
  for (const auto* address : {"127.0.0.1", "0.0.0.0"}) {
    auto configuration = listening_at(address);
    configuration.services_token_file = (folder.path() / "token").string();
    CHECK(services_token_digest(configuration) == credential_digest(token));
  }
}

TEST_CASE("a file that holds no token stops the start") {
  const RecipeFolder folder;
  Configuration configuration;
  configuration.services_token_file = (folder.path() / "token").string();
  const auto read = [&] { return failure([&] { services_token_digest(configuration); }); };
  CHECK_THAT(read(), Catch::Contains("No such file"));
  for (const auto& text :
       {std::string(), std::string("short"), std::string(600, 'a'),
        std::string(token) + "\n" + std::string(token), "spaces in " + std::string(token)}) {
    folder.write("token", text);
    CHECK_THAT(read(), Catch::Contains("must hold one token"));
  }
  configuration.services_token_file = folder.path().string();
  CHECK_THAT(read(), Catch::StartsWith("2 "));
}

TEST_CASE("the data directory gets the shipped recipes once") {
  const RecipeFolder folder;
  Configuration configuration;
  configuration.data = folder.path();
  provide_recipes(configuration);
  CHECK(recipes_folder(configuration) == folder.path() / "recipes");
  CHECK(std::filesystem::exists(folder.path() / "recipes/inference/vllm.sh"));
  CHECK_FALSE(std::filesystem::exists(folder.path() / "recipes.unfinished"));
  folder.remove("recipes/inference/vllm.yaml");
  provide_recipes(configuration);
  RecipeBook book(recipes_folder(configuration));
  CHECK(book.find("vllm") == nullptr);  // It is the operator's now.
  CHECK(book.find("vllm-replicas") != nullptr);
}

TEST_CASE("another folder of recipes is used as it is, and must be there") {
  const RecipeFolder folder;
  Configuration configuration;
  configuration.data = folder.path() / "data";
  configuration.services_recipes = (folder.path() / "mine").string();
  CHECK_THAT(failure([&] { provide_recipes(configuration); }),
             Catch::StartsWith("2 ") && Catch::Contains("orrery recipe export"));
  folder.write("mine/inference/own.yaml", plain_recipe);
  provide_recipes(configuration);
  CHECK(RecipeBook(recipes_folder(configuration)).current()->all.size() == 1);
  CHECK_FALSE(std::filesystem::exists(configuration.data));
}
