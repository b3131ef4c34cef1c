#pragma once

#include <string>
#include <string_view>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/system/result.hpp>

#include "cli/admin_client.hpp"

namespace orrery::slurm {

/// Why something couldn't be done, in Slurm's words where it has some.
struct Failure {
  std::string message;
  /// Of Slurm's errors; 0 where it isn't one of those.
  int number = 0;
};
[[noreturn]] void throw_exception_from_error(const Failure& failure,
                                             const boost::source_location& location);
template <class T>
using Result = boost::system::result<T, Failure>;

/// What a command line may say about the server, besides what Slurm's commands know.
struct ServerWords {
  std::string url;
  std::string data;
};

/// Talks to the center's API as one user. Every command of Slurm is a handful of its requests.
class Client {
 public:
  /// The server is `--url`, ORRERY_URL, or a server on this machine (`--data`). The user's token is
  /// SLURM_JWT, the one of a development server's credentials, that in ~/.config/orrery/slurm.jwt,
  /// or an operator's key (ORRERY_KEY).
  static Result<Client> find(const ServerWords& words);

  /// Login name that the token says; empty of an operator's key.
  const std::string& user() const { return user_; }
  const std::string& url() const { return server_.url; }

  /// Judged by the errors that the answer lists: status codes say little in Slurm's API.
  Result<boost::json::object> get(std::string_view target) const;
  Result<boost::json::object> post(std::string_view target, const boost::json::object& body) const;
  Result<boost::json::object> put(std::string_view target, const boost::json::object& body) const;
  Result<boost::json::object> remove(std::string_view target) const;

 private:
  Result<boost::json::object> ask_for(std::string_view method, std::string_view target,
                                      std::string body) const;

  AdminServer server_;
  std::string user_;
};

inline constexpr std::string_view controller = "/slurm/v0.0.38";
inline constexpr std::string_view accounting = "/slurmdb/v0.0.38";
inline constexpr std::string_view center = "/orrery/v1/center";

/// Member of an answer that is a list; empty where it lacks it.
const boost::json::array& list_of(const boost::json::object& answer, std::string_view member);

}  // namespace orrery::slurm
