#include "http/aicenter/files/file_routes.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <sodium/utils.h>
#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>

#include "http/aicenter/slurm_tokens.hpp"
#include "http/server/server.hpp"
#include "projections/center/center_view.hpp"
#include "storage/clock.hpp"
#include "tests/http/aicenter/files/file_store_fixture.hpp"
#include "tests/http/openapi/openapi_document.hpp"
#include "tests/http/server/raw_client.hpp"

using namespace orrery;
using namespace orrery::aicenter;

namespace {

std::string base64(std::string_view bytes) {
  constexpr int variant = sodium_base64_VARIANT_ORIGINAL;
  std::string text(sodium_base64_encoded_len(bytes.size(), variant), '\0');
  sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const unsigned char*>(bytes.data()),
                    bytes.size(), variant);
  text.pop_back();
  return text;
}

/// Files of "kim", who may have a megabyte, and of "park", who is suspended.
class FileServer {
 public:
  FileServer() {
    approve("kim", StoredFiles::quota);
    approve("park", {});
    happened("park", CenterUserSuspended{"mining", 0});
    context_.center = &center_;
    context_.tokens = &tokens_;
    context_.clock = &clock_;
    context_.ids = &ids_;
    context_.files = &*files.store;
    auto shared = std::make_shared<const AicenterContext>(context_);
    Router router;
    for (auto* filled : {&router, &routes_}) {
      Routes routes(*filled, shared);
      add_files(routes);
    }
    ServerConfiguration server;
    server.port = 0;
    server.threads = 1;
    server_ = std::make_unique<HttpServer>(std::move(server), std::move(router));
    server_->start();
  }
  ~FileServer() {
    server_.reset();
    files.store.reset();  // What is at work asks the clock.
  }

  std::string token(std::string_view user) const {
    return fmt::format("X-SLURM-USER-NAME: {}\r\nX-SLURM-USER-TOKEN: {}\r\n", user,
                       tokens_.mint(user, clock_.now(), std::chrono::hours(1)));
  }

  std::string request(std::string_view method, std::string_view path, std::string_view headers,
                      std::string_view body, std::string_view user = "kim") const {
    return fmt::format(
        "{} /orrery/v1/center{} HTTP/1.1\r\nHost: a\r\n{}{}Content-Length: {}\r\n\r\n{}", method,
        path, user.empty() ? "" : token(user), headers, body.size(), body);
  }

  WireAnswer ask(std::string_view method, std::string_view path, std::string_view headers = {},
                 std::string_view body = {}, std::string_view user = "kim") {
    RawClient client(server_->port());
    client.send(request(method, path, headers, body, user));
    auto answer = client.answer(method == "HEAD");
    check(method, path, answer);
    return answer;
  }

  /// As tus clients announce a file; its path on this server.
  std::string announce(std::string_view path, std::size_t size, std::string_view more = {}) {
    const auto answer = ask("POST", "/uploads",
                            fmt::format("Tus-Resumable: 1.0.0\r\nUpload-Length: {}\r\n"
                                        "Upload-Metadata: filename {}{}\r\n",
                                        size, base64(path), more));
    REQUIRE(answer.status == 201);
    const auto location = answer.header("Location");
    REQUIRE(location.starts_with("/orrery/v1/center/uploads/"));
    return location.substr(std::string_view("/orrery/v1/center").size());
  }

  static std::string piece(std::size_t offset, std::string_view more = {}) {
    return fmt::format(
        "Tus-Resumable: 1.0.0\r\nContent-Type: application/offset+octet-stream\r\n"
        "Upload-Offset: {}\r\n{}",
        offset, more);
  }
  /// What HEAD says.
  std::string offset(std::string_view upload) {
    const auto answer = ask("HEAD", upload, "Tus-Resumable: 1.0.0\r\n");
    return answer.status == 200 ? answer.header("Upload-Offset") : std::to_string(answer.status);
  }

  std::uint16_t port() const { return server_->port(); }
  StoredFiles files;

 private:
  struct StandingClock : Clock {
    Time now() const override { return Time(std::chrono::hours(500'000)); }
  };

  void happened(const std::string& user, Event event) {
    center_.apply({++position_, "center_user/" + user, position_, Time{}, {}, std::move(event)});
  }
  void approve(const std::string& user, std::optional<std::uint64_t> quota) {
    CenterUserApproved approved;
    approved.grant.class_name = "A";
    approved.grant.team = "lab";
    approved.grant.limits.quota_bytes = quota;
    happened(user, approved);
  }

  void check(std::string_view method, std::string_view path, const WireAnswer& answer) {
    const auto whole = "/orrery/v1/center" + std::string(path.substr(0, path.find('?')));
    std::vector<std::string_view> parameters;
    auto asked = Method::get;
    for (const auto known :
         {Method::put, Method::post, Method::patch, Method::delete_, Method::options})
      if (to_string(known) == method) asked = known;
    const auto match = routes_.match(asked, whole, parameters);
    if (match.route == Router::no_route) return;
    const auto& route = routes_.routes()[match.route];
    const auto name = fmt::format("{} {}", to_string(route.method), route.pattern);
    INFO(name << "\n" << answer.head << "\n" << answer.body.substr(0, 500));
    if (method == "HEAD") return;
    CHECK(document_.problem_with(name, answer.status, answer.header("Content-Type"), answer.body) ==
          "");
  }

  StandingClock clock_;
  CenterView center_;
  Position position_ = 0;
  SlurmTokens tokens_{"a key that is long enough for tokens"};
  SystemIdSource ids_;
  AicenterContext context_;
  Router routes_;
  OpenApiDocument document_{"http/native/openapi.json"};
  std::unique_ptr<HttpServer> server_;
};

std::string letters(std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text.push_back(static_cast<char>('a' + i * 7 % 26));
  return text;
}

}  // namespace

TEST_CASE("a file is put, listed, read and deleted") {
  FileServer server;
  const auto bytes = letters(700'000);
  CHECK(server.ask("PUT", "/files/data/train.bin", "", bytes).status == 201);
  const auto root = boost::json::parse(server.ask("GET", "/files").body);
  CHECK(root.at("items").at(0).at("name").as_string() == "data");
  CHECK(root.at("use").at("quota_bytes").as_int64() == 1'000'000);
  const auto data = boost::json::parse(server.ask("GET", "/files/data").body);
  CHECK(data.at("items").at(0).at("size_bytes").as_int64() == 700'000);
  const auto whole = server.ask("GET", "/files/data/train.bin");
  CHECK(whole.body == bytes);
  CHECK(whole.header("Content-Type") == "application/octet-stream");
  CHECK(whole.header("X-Content-Type-Options") == "nosniff");
  CHECK(whole.header("Content-Disposition") == "attachment");
  CHECK(server.ask("HEAD", "/files/data/train.bin").header("Content-Length") == "700000");
  CHECK(server.ask("PUT", "/files/data/train.bin", "", "other").status == 201);
  CHECK(server.ask("GET", "/files/data/train.bin").body == "other");
  CHECK(server.ask("PUT", "/files/empty").status == 201);
  CHECK(server.ask("GET", "/files/empty").body.empty());
  CHECK(std::filesystem::is_empty(server.files.directory.path() / "uploads/kim"));
  CHECK(server.ask("DELETE", "/files/data").status == 409);
  CHECK(server.ask("DELETE", "/files/data/train.bin").status == 204);
  CHECK(server.ask("DELETE", "/files/data").status == 204);
  CHECK(server.ask("GET", "/files/data").status == 404);
}

TEST_CASE("a download goes on where it stopped") {
  FileServer server;
  const auto bytes = letters(300'000);
  REQUIRE(server.ask("PUT", "/files/f", "", bytes).status == 201);
  const auto tag = server.ask("GET", "/files/f").header("ETag");
  const auto rest =
      server.ask("GET", "/files/f", "Range: bytes=299990-\r\nIf-Range: " + tag + "\r\n");
  CHECK(rest.status == 206);
  CHECK(rest.header("Content-Range") == "bytes 299990-299999/300000");
  CHECK(rest.body == bytes.substr(299'990));
  CHECK(server.ask("GET", "/files/f", "Range: bytes=1-3\r\nIf-Range: \"other\"\r\n").body == bytes);
  CHECK(server.ask("GET", "/files/f", "Range: bytes=300000-\r\n").header("Content-Range") ==
        "bytes */300000");
  CHECK(server.ask("GET", "/files/f", "If-None-Match: " + tag + "\r\n").status == 304);
}

TEST_CASE("an upload speaks tus") {
  FileServer server;
  const auto discovered = server.ask("OPTIONS", "/uploads", "", "", "");
  CHECK(discovered.status == 204);
  CHECK(discovered.header("Tus-Version") == "1.0.0");
  CHECK(discovered.header("Tus-Extension") == "creation,checksum,termination,expiration");
  CHECK(discovered.header("Tus-Checksum-Algorithm") == "sha256");

  const auto bytes = letters(200'000);
  const auto upload = server.announce("data/f", bytes.size());
  CHECK(server.offset(upload) == "0");
  const auto first = server.ask("PATCH", upload, FileServer::piece(0), bytes.substr(0, 150'000));
  CHECK(first.status == 204);
  CHECK(first.header("Upload-Offset") == "150000");
  CHECK(first.header("Upload-Expires") == "Fri, 22 Jan 2027 08:00:00 GMT");
  CHECK(server.offset(upload) == "150000");
  CHECK(server.ask("PATCH", upload, FileServer::piece(0), "x").status == 409);
  const auto shown = boost::json::parse(server.ask("GET", upload).body);
  CHECK(shown.at("offset_bytes").as_int64() == 150'000);
  CHECK(boost::json::parse(server.ask("GET", "/uploads").body).at("items").as_array().size() == 1);
  const auto rest = bytes.substr(150'000);
  CHECK(server.ask("PATCH", upload, FileServer::piece(150'000), rest + "too much").status == 413);
  CHECK(server.ask("PATCH", upload, FileServer::piece(150'000), rest).status == 204);
  CHECK(server.offset(upload) == "200000");
  CHECK(server.files.content("data/f") == bytes);
}

TEST_CASE("pieces are checked, and what is refused doesn't count") {
  FileServer server;
  const auto bytes = letters(100'000);
  const auto upload = server.announce("f", bytes.size());
  const auto checksum = [](std::string_view text) {
    return "Upload-Checksum: sha256 " + base64(sha256_of(text)) + "\r\n";
  };
  CHECK(server.ask("PATCH", upload, FileServer::piece(0, checksum("other")), bytes).status == 460);
  CHECK(server.ask("PATCH", upload, FileServer::piece(0, "Upload-Checksum: md5 x\r\n"), bytes)
            .status == 400);
  CHECK(server.offset(upload) == "0");
  CHECK(server.ask("PATCH", upload, FileServer::piece(0, checksum(bytes)), bytes).status == 204);
  CHECK(server.files.content("f") == bytes);
}

TEST_CASE("a whole file with an announced checksum appears only if it has it") {
  FileServer server;
  const std::string of_nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
  const auto upload = server.announce("f", 5, ",sha256 " + base64(of_nothing));
  CHECK(server.ask("PATCH", upload, FileServer::piece(0), "bytes").status == 460);
  CHECK(server.offset(upload) == "0");
  CHECK_FALSE(std::filesystem::exists(server.files.home("f")));
}

TEST_CASE("a client that goes in the middle of a large piece goes on from what has come") {
  FileServer server;
  const auto bytes = letters(600'000);
  const auto upload = server.announce("f", bytes.size());
  {
    RawClient client(server.port());
    const auto request = server.request("PATCH", upload, FileServer::piece(0), bytes);
    client.send(request.substr(0, request.size() - 1000));
  }
  std::string offset;
  // The connection's end has to come through first; it is the only writer.
  while ((offset = server.offset(upload)) == "0" || server.offset(upload) != offset) {
  }
  const auto from = std::stoul(offset);
  CHECK(from <= 599'000);
  auto answer = server.ask("PATCH", upload, FileServer::piece(from), bytes.substr(from));
  while (answer.status == 423)
    answer = server.ask("PATCH", upload, FileServer::piece(from), bytes.substr(from));
  CHECK(answer.status == 204);
  CHECK(server.files.content("f") == bytes);
}

TEST_CASE("a put that breaks off leaves nothing behind") {
  FileServer server;
  {
    RawClient client(server.port());
    const auto request = server.request("PUT", "/files/f", "", letters(600'000));
    client.send(request.substr(0, request.size() - 1000));
  }
  const auto open = [&] {
    return boost::json::parse(server.ask("GET", "/uploads").body).at("items").as_array().size();
  };
  while (server.ask("PUT", "/files/g", "", letters(600'000)).status == 413) {
  }  // Its room is free again once its end is noticed.
  CHECK(open() == 0);
  CHECK_FALSE(std::filesystem::exists(server.files.home("f")));
}

TEST_CASE("uploads are given up, and announced again under the same key") {
  FileServer server;
  const auto again = "Idempotency-Key: once\r\n";
  const auto announce = [&] {
    return server.ask("POST", "/uploads",
                      fmt::format("{}Tus-Resumable: 1.0.0\r\nUpload-Length: 9\r\n"
                                  "Upload-Metadata: path {}\r\n",
                                  again, base64("f")));
  };
  const auto location = announce().header("Location");
  CHECK(announce().header("Location") == location);
  const auto upload = location.substr(std::string_view("/orrery/v1/center").size());
  CHECK(server.ask("DELETE", upload).status == 412);
  CHECK(server.ask("DELETE", upload, "Tus-Resumable: 1.0.0\r\n").status == 204);
  CHECK(server.offset(upload) == "404");
  CHECK(server.ask("PATCH", upload, FileServer::piece(0), "x").status == 404);
}

TEST_CASE("what tus forbids is refused") {
  FileServer server;
  const auto metadata = "Upload-Metadata: path " + base64("f") + "\r\n";
  const std::string version = "Tus-Resumable: 1.0.0\r\n";
  const auto post = [&](const std::string& headers, std::string_view body = {}) {
    return server.ask("POST", "/uploads", headers, body).status;
  };
  CHECK(post("Upload-Length: 1\r\n" + metadata) == 412);
  CHECK(post("Tus-Resumable: 0.2.2\r\nUpload-Length: 1\r\n" + metadata) == 412);
  CHECK(post(version + metadata) == 400);
  CHECK(post(version + "Upload-Length: -1\r\n" + metadata) == 400);
  CHECK(post(version + "Upload-Length: 1\r\nUpload-Metadata: path ?\r\n") == 400);
  CHECK(post(version + "Upload-Length: 1\r\n") == 400);
  CHECK(post(version + "Upload-Length: 1\r\n" + metadata, "x") == 400);
  CHECK(post(version + "Upload-Length: 1000001\r\n" + metadata) == 413);
  CHECK(post(version + "Upload-Length: 1\r\nUpload-Metadata: path " + base64("../f") + "\r\n") ==
        400);
  const auto upload = server.announce("f", 1);
  CHECK(server.ask("PATCH", upload, version + "Upload-Offset: 0\r\n", "x").status == 415);
  CHECK(
      server
          .ask("PATCH", upload, version + "Content-Type: application/offset+octet-stream\r\n", "x")
          .status == 400);
}

TEST_CASE("files are their owner's alone") {
  FileServer server;
  REQUIRE(server.ask("PUT", "/files/f", "", "secret").status == 201);
  CHECK(server.ask("GET", "/files/f", "", "", "").status == 401);
  CHECK(server.ask("PUT", "/files/f", "", "x", "").status == 401);
  CHECK(server.ask("GET", "/files/f", "", "", "park").status == 404);
  const auto upload = server.announce("g", 1);
  CHECK(server.ask("GET", upload, "", "", "park").status == 404);
  // Who is suspended may read what is his, no more.
  CHECK(server.ask("GET", "/files", "", "", "park").status == 200);
  CHECK(server.ask("PUT", "/files/x", "", "x", "park").status == 403);
  CHECK(server.ask("PUT", "/folders/x", "", "", "park").status == 403);
  CHECK(server.ask("DELETE", "/files/x", "", "", "park").status == 403);
  CHECK(server.ask("PATCH", upload, FileServer::piece(0), "x", "park").status == 403);
}

TEST_CASE("folders are made; names are checked at the edge, however they are written") {
  FileServer server;
  CHECK(server.ask("PUT", "/folders/a/b").status == 201);
  CHECK(server.ask("PUT", "/folders/a/b").status == 200);
  CHECK(server.ask("GET", "/files/a").status == 200);
  CHECK(server.ask("PUT", "/files/%ED%95%9C%EA%B8%80.txt", "", "x").status == 201);
  CHECK(server.files.content("한글.txt") == "x");
  for (const auto* path : {"/files/a%0ab", "/files/%ff", "/files/a//b", "/files/b/", "/files/%7f"})
    CHECK(server.ask("PUT", path, "", "x").status == 400);
  // These don't even reach the routes of files.
  CHECK(server.ask("GET", "/files/a%2f..%2fb").status == 400);
  CHECK(server.ask("GET", "/files/../../../../etc/passwd").status != 200);
}

TEST_CASE("a put takes no more room than there is, however it is told") {
  FileServer server;
  CHECK(server.ask("PUT", "/files/f", "", letters(1'000'001)).status == 413);
  RawClient client(server.port());
  auto chunked = server.request("PUT", "/files/f", "", "");
  chunked.replace(chunked.find("Content-Length: 0"), 17, "Transfer-Encoding: chunked");
  CHECK(client.ask(chunked + "1\r\nx\r\n0\r\n\r\n").status == 411);
}
