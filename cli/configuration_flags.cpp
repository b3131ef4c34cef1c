#include "cli/configuration_flags.hpp"

#include <CLI/CLI.hpp>

namespace orrery {

ConfigurationResult<EffectiveConfiguration> ConfigurationFlags::load() const {
  const auto chosen = file.empty() ? std::nullopt : std::optional<std::filesystem::path>(file);
  return load_configuration(given, process_environment(), chosen);
}

std::shared_ptr<ConfigurationFlags> add_configuration_flags(CLI::App& command) {
  auto flags = std::make_shared<ConfigurationFlags>();
  command.add_option("--config", flags->file, "TOML file with settings (also ORRERY_CONFIG)")
      ->type_name("FILE");
  for (const auto& setting : settings()) {
    const auto take = [flags, &setting](const std::string& text) {
      flags->given[setting.key] = {text, setting.flag()};
    };
    if (setting.form == Setting::Form::boolean)
      // "--flag" and "--flag=true", or "--flag=false" for what is on by itself.
      command.add_flag_function(
          setting.flag(), [take](std::int64_t count) { take(count > 0 ? "true" : "false"); },
          setting.description);
    else
      command.add_option_function<std::string>(setting.flag(), take, setting.description)
          ->type_name(setting.form == Setting::Form::number ? "N" : "TEXT");
  }
  return flags;
}

}  // namespace orrery
