#include "http/gpushare/answer_lines.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "http/gpushare/rows.hpp"

namespace orrery::gpushare {

namespace {

namespace json = boost::json;

/// Of text in one pull; its lines are a few times as long.
constexpr std::size_t pulled_bytes_max = 16 * 1024;

std::string end_line(const InferenceEnd& end) {
  json::object line{{"done", true}};
  if (!end.id.empty()) line["id"] = number_json(end.id);
  if (!end.is_answered()) line["error"] = end.message;
  return json::serialize(line) + "\n";
}

}  // namespace

std::shared_ptr<AnswerLines> AnswerLines::of(std::shared_ptr<InferenceRun> run) {
  auto lines = std::make_shared<AnswerLines>(run);
  run->watch(lines);
  return lines;
}

ResponseStream::Next AnswerLines::pull(std::string& out) {
  const auto before = out.size();
  const auto end = run_->read(cursor_, pulled_bytes_max, [&](std::string_view piece) {
    out += R"({"token":)";
    out += json::serialize(json::string_view(piece.data(), piece.size()));
    out += "}\n";
  });
  if (end) {
    out += end_line(*end);
    return Next::end;
  }
  return out.size() == before ? Next::wait : Next::more;
}

}  // namespace orrery::gpushare
