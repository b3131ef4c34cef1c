#include "actors/service/variable_names.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace orrery {
namespace {

constexpr std::size_t name_bytes_max = 128;

constexpr std::array<std::string_view, 57> refused{
    // Shells, the C library, and what programs start by themselves.
    "PATH", "HOME", "SHELL", "IFS", "ENV", "BASHOPTS", "SHELLOPTS", "PS4", "PROMPT_COMMAND",
    "CDPATH", "GLOBIGNORE", "ZDOTDIR", "GCONV_PATH", "LOCPATH", "NLSPATH", "HOSTALIASES",
    "LOCALDOMAIN", "RES_OPTIONS", "TZDIR", "TMPDIR", "PAGER", "EDITOR", "VISUAL", "BROWSER",
    // Interpreters, compilers and libraries that load what they are told to.
    "CLASSPATH", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS", "PHPRC",
    "PHP_INI_SCAN_DIR", "MAKEFLAGS", "MAKEFILES", "RUSTC_WRAPPER", "COVERAGE_PROCESS_START",
    "GGML_BACKEND_PATH", "NCCL_NET_PLUGIN", "NCCL_TUNER_PLUGIN", "NCCL_PROFILER_PLUGIN",
    "VLLM_NCCL_SO_PATH", "VLLM_LOGGING_CONFIG_PATH", "VLLM_PLUGINS",
    // Whom it trusts, which devices it sees, whose job it is.
    "NVIDIA_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES", "SSL_CERT_FILE",
    "SSL_CERT_DIR", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "http_proxy", "https_proxy",
    "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "PBS_JOBID", "SGE_TASK_ID", "LSB_JOBID"};
constexpr std::array<std::string_view, 46> refused_prefixes{"LD_",
                                                            "DYLD_",
                                                            "GLIBC_",
                                                            "MALLOC_",
                                                            "RESOLV_",
                                                            "BASH_",
                                                            "LESS",
                                                            "NIX_",
                                                            "PERL",
                                                            "PYTHONPATH",
                                                            "PYTHONHOME",
                                                            "PYTHONSTARTUP",
                                                            "PYTHONINSPECT",
                                                            "PYTHONBREAKPOINT",
                                                            "PYTHONWARNINGS",
                                                            "PYTHONUSERBASE",
                                                            "PYTHONEXECUTABLE",
                                                            "PYTHONPLATLIBDIR",
                                                            "PYTHONPYCACHEPREFIX",
                                                            "NODE_",
                                                            "NPM_",
                                                            "npm_",
                                                            "RUBY",
                                                            "GEM_",
                                                            "BUNDLE_",
                                                            "LUA_",
                                                            "JULIA_",
                                                            "ERL_",
                                                            "R_",
                                                            "DOTNET_",
                                                            "CORECLR_",
                                                            "COR_",
                                                            "GIT_",
                                                            "OPENSSL_",
                                                            "GTK_",
                                                            "QT_",
                                                            "VK_",
                                                            "XDG_",
                                                            "CUDA_INJECTION",
                                                            "CUDA_MPS_",
                                                            "SLURM_",
                                                            "ORRERY_",
                                                            "OMPI_",
                                                            "PMI_",
                                                            "PMIX_",
                                                            "KUBERNETES_"};

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
