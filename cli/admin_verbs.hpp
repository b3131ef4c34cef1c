#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace orrery {

/// A word of the command line that goes into a request.
struct AdminArgument {
  enum class Form : std::uint8_t {
    text,
    count,
    /// Separated by commas; becomes an array.
    list,
    /// "A100-80GB=8,A40-48GB=4"; becomes an object.
    counts,
    /// Text that "-" reads from the standard input, so that no list of processes shows it.
    secret,
    /// Said or not, without a value; becomes true.
    flag,
  };
  enum class Place : std::uint8_t {
    /// In the path where the placeholder of this name stands; without a flag on the command line.
    path,
    /// A member of the body; the flag has dashes for underscores.
    body,
    /// A member of the body without a flag.
    body_word,
    query,
  };

  std::string_view name;
  std::string_view help;
  Place place = Place::body;
  bool required = true;
  Form form = Form::text;
};

/// `orrery admin NOUN VERB`: one request to the administration's API.
struct AdminVerb {
  std::string_view noun;
  std::string_view verb;
  std::string_view help;
  std::string_view method;
  /// Below /orrery/v1, with {placeholders}.
  std::string_view path;
  std::vector<AdminArgument> arguments;
  /// What a table of a list shows; empty where the answer is no list.
  std::vector<std::string_view> columns;
};

/// All of them, those of one noun together.
const std::vector<AdminVerb>& admin_verbs();

/// One line about a noun, for its help.
std::string_view admin_noun_help(std::string_view noun);

}  // namespace orrery
