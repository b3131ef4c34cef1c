#include "http/aicenter/jobs/job_body.hpp"

#include <fmt/format.h>

#include "http/aicenter/jobs/rest_keys.hpp"
#include "http/aicenter/sbatch/values.hpp"
#include "http/aicenter/sbatch/words.hpp"

namespace orrery::aicenter {

namespace {

namespace dom = simdjson::dom;

constexpr int conversion_failed = 9202;
constexpr std::size_t argument_count_max = 1'024;
constexpr std::size_t variable_count_max = 4'096;

/// What one option's value is refused with.
Refusal unusable(const RestKey& key, std::string_view complaint, int code) {
  Refusal refusal;
  refusal.status = 400;
  refusal.errors.push_back({{}, 0, code, std::string(complaint), {}});
  refusal.errors.push_back(
      {fmt::format("Unable to process key \"{}\"", key.name), slurm_errno::unspecified, 0,
       std::string(words_of(slurm_errno::unspecified)), "slurm_process_option_data"});
  refusal.errors.push_back({{},
                            0,
                            slurm_errno::rest_fail_parsing,
                            std::string(words_of(slurm_errno::rest_fail_parsing)),
                            {}});
  return refusal;
}

Refusal disabled_key(const RestKey& key) {
  auto refusal = unparsable(fmt::format("Disabled key: \"{}\"", key.name), "openapi specification");
  refusal.errors.front().number = 1;
  refusal.errors.front().error = "Operation not permitted";
  return refusal;
}

/// A text, a number or a boolean as text, as Slurm converts them; nothing of what has parts.
std::optional<std::string> text_of(dom::element element) {
  switch (element.type()) {
    case dom::element_type::STRING:
      return std::string(std::string_view(element));
    case dom::element_type::INT64:
      return fmt::format("{}", std::int64_t(element));
    case dom::element_type::UINT64:
      return fmt::format("{}", std::uint64_t(element));
    case dom::element_type::DOUBLE:
      return fmt::format("{}", double(element));
    case dom::element_type::BOOL:
      return bool(element) ? "true" : "false";
    case dom::element_type::NULL_VALUE:
      return "";
    default:
      return std::nullopt;
  }
}

/// Slurm takes any word for yes that isn't one of these.
bool is_true(std::string_view text) {
  return !text.empty() && text != "false" && text != "no" && text != "off" && text != "0";
}

class Reader {
 public:
  using Result = boost::system::result<void, Refusal>;

  Result read(std::string_view name, dom::element element) {
    const auto* key = find_rest_key(name);
    if (!key) return unknown_key(name);
    using Kind = RestKey::Kind;
    if (key->kind == Kind::disabled) return disabled_key(*key);
    if (key->kind == Kind::environment) return read_environment(*key, element);
    if (key->kind == Kind::arguments) return read_arguments(*key, element);
    if (key->kind == Kind::nodes && element.is_array()) return read_node_range(*key, element);
    const auto text = text_of(element);
    if (!text) return unusable(*key, "Unable to read string", conversion_failed);
    return read_text(*key, *text);
  }

  JobBody take() { return std::move(body_); }

 private:
  Result read_text(const RestKey& key, std::string_view text) {
    using Kind = RestKey::Kind;
    switch (key.kind) {
      case Kind::number:
        return sbatch::parse_number<std::int64_t>(text)
                   ? set(key, key.option, text)
                   : unusable(key, "Unable to read integer value", conversion_failed);
      case Kind::flag:
        return read_flag(key, is_true(text));
      case Kind::requeue:
        return set(key, is_true(text) ? "requeue" : "no-requeue", {});
      case Kind::exclusive:
        return read_exclusive(key, text);
      default:
        return set(key, key.option, text);
    }
  }

  Result read_flag(const RestKey& key, bool is_set) {
    if (key.option == "hold") {
      body_.options.hold = is_set;
      return {};
    }
    if (key.option == "kill-on-invalid-dep") return set(key, key.option, is_set ? "yes" : "no");
    return is_set ? set(key, key.option, {}) : Result();
  }

  Result read_exclusive(const RestKey& key, std::string_view text) {
    if (text == "false") return {};
    return set(key, key.option, text == "true" ? std::string_view() : text);
  }

  Result read_node_range(const RestKey& key, dom::element element) {
    std::vector<std::int64_t> counts;
    for (const auto each : dom::array(element)) {
      std::int64_t count = 0;
      if (each.get(count) != simdjson::SUCCESS)
        return unusable(key, key.complaint, slurm_errno::unspecified);
      counts.push_back(count);
    }
    // slurmrestd takes two only, its document one, too.
    if (counts.empty() || counts.size() > 2 || counts.front() < 1)
      return unusable(key, "Invalid node count list size", slurm_errno::unspecified);
    return set(key, key.option, fmt::format("{}-{}", counts.front(), counts.back()));
  }

  Result read_environment(const RestKey& key, dom::element element) {
    dom::object variables;
    if (element.get(variables) != simdjson::SUCCESS || variables.size() > variable_count_max)
      return unusable(key, key.complaint, slurm_errno::unspecified);
    auto& environment = body_.environment.emplace();
    for (const auto variable : variables) {
      const auto text = text_of(variable.value);
      if (!text || variable.key.find('\0') != std::string_view::npos ||
          text->find('\0') != std::string::npos)
        return unusable(key, "Unable to read string", conversion_failed);
      environment.push_back(fmt::format("{}={}", variable.key, *text));
    }
    return {};
  }

  Result read_arguments(const RestKey& key, dom::element element) {
    auto& arguments = body_.arguments.emplace();
    const auto add = [&](dom::element each) {
      auto text = text_of(each);
      if (!text || text->find('\0') != std::string::npos || arguments.size() >= argument_count_max)
        return false;
      arguments.push_back(*std::move(text));
      return true;
    };
    dom::array array;
    bool is_good = true;
    if (element.get(array) == simdjson::SUCCESS) {
      for (const auto each : array) is_good &= add(each);
    } else {
      is_good = add(element);
    }
    if (!is_good) return unusable(key, "Unable to read string", conversion_failed);
    return {};
  }

  Result set(const RestKey& key, std::string_view option, std::string_view text) {
    // Which moment it is, somebody finds out who has a clock; that it is one is seen here.
    const bool is_time = option != "begin" || sbatch::parse_begin_time(text, Time{}, 0);
    if (is_time && sbatch::set_option(body_.options, option, text)) return {};
    if (key.number != 0) return slurm_error_code(key.number);
    if (!key.complaint.empty())
      return unusable(
          key, key.complaint,
          key.option == "begin" ? slurm_errno::invalid_time_value : slurm_errno::unspecified);
    auto refusal = slurm_error_code(slurm_errno::rest_fail_parsing);
    refusal.status = 400;
    return refusal;
  }

  JobBody body_;
};

}  // namespace

boost::system::result<JobBody, Refusal> read_job_body(dom::object object) {
  Reader reader;
  for (const auto field : object)
    if (auto result = reader.read(field.key, field.value); !result) return result.error();
  return reader.take();
}

}  // namespace orrery::aicenter
