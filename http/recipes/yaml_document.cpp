#include "http/recipes/yaml_document.hpp"

#include <sstream>
#include <stdexcept>

#include <fmt/format.h>
#include <simdjson.h>
#include <yaml-cpp/eventhandler.h>

namespace orrery {
namespace {

constexpr std::size_t depth_max = 8;

std::uint32_t line_of(const YAML::Mark& mark) {
  return mark.is_null() ? 1 : static_cast<std::uint32_t>(mark.line) + 1;
}

/// Sees a document pass by before it is built, and throws at what isn't wanted.
class Gate : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { examine(mark, "", anchor); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    examine(mark, "", anchor);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string&) override {
    examine(mark, tag, anchor);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    examine(mark, tag, anchor);
    descend(mark);
  }
  void OnSequenceEnd() override { --depth_; }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    examine(mark, tag, anchor);
    descend(mark);
  }
  void OnMapEnd() override { --depth_; }

 private:
  /// "?" and "!" are yaml-cpp's own tags, of plain and of quoted values.
  static void examine(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    if (anchor != 0) throw YamlProblem{line_of(mark), "anchors and aliases are not read"};
    if (!tag.empty() && tag != "?" && tag != "!")
      throw YamlProblem{line_of(mark), "tags are not read"};
  }
  void descend(const YAML::Mark& mark) {
    if (++depth_ > depth_max)
      throw YamlProblem{line_of(mark), fmt::format("deeper than {} levels", depth_max)};
  }

  std::size_t depth_ = 0;
};

/// yaml-cpp would read on with whatever it makes of other bytes.
void examine_bytes(const std::string& text) {
  if (!simdjson::validate_utf8(text.data(), text.size())) throw YamlProblem{1, "is no UTF-8"};
  std::uint32_t line = 1;
  for (const char c : text) {
    if (c == '\n') ++line;
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x20 && c != '\n' && c != '\r' && c != '\t') || byte == 0x7f)
      throw YamlProblem{line, "control characters are not read"};
  }
}

void examine_document(const std::string& text) {
  examine_bytes(text);
  std::istringstream in(text);
  YAML::Parser parser(in);
  Gate gate;
  if (parser.HandleNextDocument(gate) && parser.HandleNextDocument(gate))
    throw YamlProblem{1, "one document is read, and here are more"};
}

}  // namespace

void throw_exception_from_error(const YamlProblem& problem, const boost::source_location&) {
  throw std::logic_error(problem.message);
}

std::uint32_t line_of(const YAML::Node& node) { return line_of(node.Mark()); }

YamlResult parse_yaml(const std::string& text) {
  try {
    examine_document(text);
    return YAML::Load(text);
  } catch (const YamlProblem& problem) {
    return {boost::system::in_place_error, problem};
  } catch (const YAML::Exception& failure) {
    return {boost::system::in_place_error, YamlProblem{line_of(failure.mark), failure.msg}};
  }
}

}  // namespace orrery
