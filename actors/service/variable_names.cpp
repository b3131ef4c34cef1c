#include "actors/service/variable_names.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace orrery {
namespace {

constexpr std::size_t name_bytes_max = 128;

/// Of the dynamic linker, the C library, shells and interpreters.
constexpr std::array<std::string_view, 51> refused{"PATH",
                                                   "HOME",
                                                   "SHELL",
                                                   "IFS",
                                                   "ENV",
                                                   "BASH_ENV",
                                                   "BASHOPTS",
                                                   "SHELLOPTS",
                                                   "PS4",
                                                   "PROMPT_COMMAND",
                                                   "CDPATH",
                                                   "GLOBIGNORE",
                                                   "PYTHONPATH",
                                                   "PYTHONHOME",
                                                   "PYTHONSTARTUP",
                                                   "PYTHONINSPECT",
                                                   "PYTHONBREAKPOINT",
                                                   "PYTHONWARNINGS",
                                                   "PYTHONUSERBASE",
                                                   "PYTHONEXECUTABLE",
                                                   "NODE_OPTIONS",
                                                   "NODE_PATH",
                                                   "NODE_EXTRA_CA_CERTS",
                                                   "GCONV_PATH",
                                                   "LOCPATH",
                                                   "NLSPATH",
                                                   "MALLOC_TRACE",
                                                   "TMPDIR",
                                                   "JAVA_TOOL_OPTIONS",
                                                   "JDK_JAVA_OPTIONS",
                                                   "_JAVA_OPTIONS",
                                                   "CLASSPATH",
                                                   "NVIDIA_VISIBLE_DEVICES",
                                                   "CUDA_INJECTION64_PATH",
                                                   "PYTHONPLATLIBDIR",
                                                   "PYTHONPYCACHEPREFIX",
                                                   "PERL_MODULES",
                                                   "GEM_HOME",
                                                   "GEM_PATH",
                                                   "BUNDLE_GEMFILE",
                                                   "DOTNET_STARTUP_HOOKS",
                                                   "PHPRC",
                                                   "PHP_INI_SCAN_DIR",
                                                   "OPENSSL_CONF",
                                                   "OPENSSL_MODULES",
                                                   "OPENSSL_ENGINES",
                                                   "HOSTALIASES",
                                                   "RESOLV_HOST_CONF",
                                                   "RES_OPTIONS",
                                                   "TZDIR",
                                                   "ZDOTDIR"};
constexpr std::array<std::string_view, 9> refused_prefixes{
    "LD_", "SLURM_", "ORRERY_", "GLIBC_", "PERL5", "RUBY", "BASH_FUNC_", "DYLD_", "LUA_"};

}  // namespace

bool is_allowed_variable(std::string_view name) {
  if (name.empty() || name.size() > name_bytes_max) return false;
  if (std::isdigit(static_cast<unsigned char>(name.front())) != 0) return false;
  const bool is_identifier = std::ranges::all_of(name, [](char c) {
    return c == '_' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  });
  if (!is_identifier || std::ranges::find(refused, name) != refused.end()) return false;
  return std::ranges::none_of(refused_prefixes,
                              [&](std::string_view prefix) { return name.starts_with(prefix); });
}

}  // namespace orrery
