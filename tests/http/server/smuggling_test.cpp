#include <catch2/catch.hpp>

#include "tests/http/server/edge_fixture.hpp"
#include "tests/http/server/raw_client.hpp"

using namespace orrery;
using namespace std::string_literals;

namespace {

struct Attempt {
  const char* name;
  std::string bytes;
  unsigned status = 400;
};

std::string post(std::string_view headers, std::string_view body,
                 std::string_view version = "1.1") {
  return "POST /echo HTTP/" + std::string(version) + "\r\nHost: a\r\n" + std::string(headers) +
         "\r\n" + std::string(body);
}

std::string chunked(std::string_view body) { return post("Transfer-Encoding: chunked\r\n", body); }

std::string request(std::string_view line, std::string_view headers = "Host: a\r\n") {
  return std::string(line) + "\r\n" + std::string(headers) + "\r\n";
}

const std::vector<Attempt> attempts{
    // Transfer-Encoding.
    {"unknown coding", post("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n")},
    {"coding list", post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n")},
    {"identity", post("Transfer-Encoding: identity\r\n", "")},
    {"empty coding", post("Transfer-Encoding:\r\n", "")},
    {"chunked with comma", post("Transfer-Encoding: chunked,\r\n", "0\r\n\r\n")},
    {"quoted chunked", post("Transfer-Encoding: \"chunked\"\r\n", "0\r\n\r\n")},
    {"chunked with parameter", post("Transfer-Encoding: chunked;q=1\r\n", "0\r\n\r\n")},
    {"vertical tab before chunked", post("Transfer-Encoding: \x0b"s + "chunked\r\n", "0\r\n\r\n")},
    {"two codings",
     post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")},
    {"chunked, then identity",
     post("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", "0\r\n\r\n")},
    {"chunked in HTTP/1.0", post("Transfer-Encoding: chunked\r\n", "0\r\n\r\n", "1.0")},
    {"length, then coding",
     post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")},
    {"coding, then length",
     post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n")},
    {"space before the colon", post("Transfer-Encoding : chunked\r\n", "0\r\n\r\n")},
    // Content-Length.
    {"length list", post("Content-Length: 3,3\r\n", "abc")},
    {"signed length", post("Content-Length: +3\r\n", "abc")},
    {"negative length", post("Content-Length: -3\r\n", "abc")},
    {"hexadecimal length", post("Content-Length: 0x3\r\n", "abc")},
    {"fractional length", post("Content-Length: 3.0\r\n", "abc")},
    {"length of two words", post("Content-Length: 3 3\r\n", "abc")},
    {"empty length", post("Content-Length:\r\n", "abc")},
    {"length beyond 64 bits", post("Content-Length: 99999999999999999999999\r\n", "abc")},
    {"different lengths", post("Content-Length: 3\r\nContent-Length: 4\r\n", "abcd")},
    {"same length twice", post("Content-Length: 3\r\nContent-Length: 3\r\n", "abc")},
    {"length of another case", post("Content-Length: 3\r\ncontent-length: 4\r\n", "abcd")},
    // Lines and bytes.
    {"folded header", request("GET /hello HTTP/1.1", "Host: a\r\nX: b\r\n c\r\n")},
    {"folded by a tab", request("GET /hello HTTP/1.1", "Host: a\r\nX: b\r\n\tc\r\n")},
    {"folded first header", request("GET /hello HTTP/1.1", " Host: a\r\n")},
    {"bare LF in the head", "GET /hello HTTP/1.1\nHost: a\n\n"},
    {"bare LF after a header", "GET /hello HTTP/1.1\r\nHost: a\nX: b\r\n\r\n"},
    {"bare LF as the empty line", "GET /hello HTTP/1.1\r\nHost: a\r\n\n"},
    {"bare CR in a header", request("GET /hello HTTP/1.1", "Host: a\r\nX: b\rY: c\r\n")},
    {"NUL in a header", request("GET /hello HTTP/1.1", "Host: a\r\nX: b\0c\r\n"s)},
    {"NUL in a name", request("GET /hello HTTP/1.1", "Host: a\r\nX\0: b\r\n"s)},
    {"DEL in a header", request("GET /hello HTTP/1.1", "Host: a\r\nX: b\x7f\r\n")},
    {"escape in a header", request("GET /hello HTTP/1.1", "Host: a\r\nX: \x1b[2J\r\n")},
    {"header without a colon", request("GET /hello HTTP/1.1", "Host: a\r\nX\r\n")},
    {"header without a name", request("GET /hello HTTP/1.1", "Host: a\r\n: b\r\n")},
    // What the edge adds to a request has such names (http/auth/request_signature.hpp).
    {"colon before a name", request("GET /hello HTTP/1.1", "Host: a\r\n:query: b\r\n")},
    {"parenthesis in a name", request("GET /hello HTTP/1.1", "Host: a\r\nX(y): b\r\n")},
    // Host and other headers that come once.
    {"no host", "GET /hello HTTP/1.1\r\n\r\n"},
    {"two hosts", request("GET /hello HTTP/1.1", "Host: a\r\nHost: b\r\n")},
    {"same host twice", request("GET /hello HTTP/1.1", "Host: a\r\nHost: a\r\n")},
    {"two hosts in one", request("GET /hello HTTP/1.1", "Host: a, b\r\n")},
    {"host with user", request("GET /hello HTTP/1.1", "Host: u@a\r\n")},
    {"host with path", request("GET /hello HTTP/1.1", "Host: a/b\r\n")},
    {"two authorizations",
     request("GET /hello HTTP/1.1", "Host: a\r\nAuthorization: b\r\nAuthorization: c\r\n")},
    // Request line.
    {"two spaces", request("GET  /hello HTTP/1.1")},
    {"tab for a space", request("GET\t/hello HTTP/1.1")},
    {"no version", request("GET /hello")},
    {"space in the target", request("GET /hel lo HTTP/1.1")},
    {"lower-case protocol", request("GET /hello http/1.1")},
    {"fragment", request("GET /hello#x HTTP/1.1")},
    {"authority-form", request("GET a:80 HTTP/1.1")},
    {"asterisk-form of GET", request("GET * HTTP/1.1")},
    {"absolute-form with user", request("GET http://u@a/hello HTTP/1.1")},
    {"absolute-form of another scheme", request("GET ftp://a/hello HTTP/1.1")},
    {"broken percent-encoding", request("GET /hel%2 HTTP/1.1")},
    {"percent-encoded non-hexadecimal", request("GET /hel%zz HTTP/1.1")},
    {"broken percent-encoding in the query", request("GET /hello?a=%2 HTTP/1.1")},
    {"encoded slash", request("GET /path%2fa HTTP/1.1")},
    {"encoded upper-case slash", request("GET /path%2Fa HTTP/1.1")},
    {"encoded NUL", request("GET /hello%00 HTTP/1.1")},
    {"encoded line end", request("GET /hello%0d%0aX:%20y HTTP/1.1")},
    {"encoded backslash", request("GET /path%5c..%5cx HTTP/1.1")},
    {"above the root", request("GET /../hello HTTP/1.1")},
    {"encoded above the root", request("GET /%2e%2e/hello HTTP/1.1")},
    {"byte above ASCII in the target", request("GET /h\xc3\xa9llo HTTP/1.1")},
    {"method with a control byte", request("G\x01T /hello HTTP/1.1")},
    // Chunks.
    {"chunk size with a sign", chunked("+3\r\nabc\r\n0\r\n\r\n")},
    {"chunk size with 0x", chunked("0x3\r\nabc\r\n0\r\n\r\n")},
    {"chunk size with a space before", chunked(" 3\r\nabc\r\n0\r\n\r\n")},
    {"chunk size beyond 64 bits", chunked("fffffffffffffffff\r\nabc\r\n0\r\n\r\n")},
    {"chunk without a size", chunked("\r\nabc\r\n0\r\n\r\n")},
    {"chunk longer than its size", chunked("2\r\nabc\r\n0\r\n\r\n")},
    {"bare LF after a chunk size", chunked("3\nabc\r\n0\r\n\r\n")},
    {"bare LF after a chunk", chunked("3\r\nabc\n0\r\n\r\n")},
    {"bare LF in an extension", chunked("3;a\nb\r\nabc\r\n0\r\n\r\n")},
    {"bare CR in an extension", chunked("3;a\rb\r\nabc\r\n0\r\n\r\n")},
    {"length in a trailer", chunked("0\r\nContent-Length: 5\r\n\r\n")},
    {"coding in a trailer", chunked("0\r\nTransfer-Encoding: chunked\r\n\r\n")},
    {"malformed trailer", chunked("0\r\nX Y: b\r\n\r\n")},
    // Others that end the connection, each with a status of its own.
    {"unknown expectation", post("Expect: 200-ok\r\nContent-Length: 3\r\n", "abc"), 417},
    {"HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
    {"HTTP/1.2", request("GET /hello HTTP/1.2"), 505},
    {"HTTP/0.9", request("GET /hello HTTP/0.9"), 505},
    {"unknown method", request("BREW /hello HTTP/1.1"), 501},
    {"lower-case method", request("get /hello HTTP/1.1"), 501},
    {"CONNECT", request("CONNECT /hello HTTP/1.1"), 501},
    {"TRACE", request("TRACE /hello HTTP/1.1"), 501},
};

}  // namespace

TEST_CASE("what two parsers could read differently is refused, and its connection closed") {
  EdgeFixture edge;
  for (const auto& attempt : attempts) {
    CAPTURE(attempt.name);
    RawClient client(edge.port());
    // The smuggled request must not be answered.
    client.send(attempt.bytes + get("/hello"));
    const auto answer = client.answer();
    CHECK(answer.status == attempt.status);
    CHECK(answer.header("Connection") == "close");
    CHECK(client.is_closed());
  }
}

TEST_CASE("what is unusual but clear is served") {
  const std::vector<std::pair<std::string, std::string>> unusual{
      {request("GET http://other:8080/hello HTTP/1.1"), "hello"},
      {request("GET https://other/path/b?q=1 HTTP/1.1"), "b?1"},
      {request("GET /hello? HTTP/1.1"), "hello"},
      {request("GET /%68ello HTTP/1.1"), "hello"},
      {request("GET /path/../hello HTTP/1.1"), "hello"},
      {request("GET /path/./%2e%2e/hello HTTP/1.1"), "hello"},
      {request("GET /path/a%20b?q=%41+c&r HTTP/1.1"), "a b?A c"},
      {request("GET /path/a?x=1&q=2&q=3 HTTP/1.1"), "a?2"},
      {request("GET /path/..a HTTP/1.1"), "..a?"},
      {"\r\n" + request("GET /hello HTTP/1.1"), "hello"},
      {request("GET /hello HTTP/1.1", "hOST:a\r\n"), "hello"},
      {request("GET /hello HTTP/1.1", "Host: a  \r\nX-Y:\t b\t\r\nX-Y: c\r\n"), "hello"},
      {request("GET /hello HTTP/1.1", "Host: [::1]:80\r\nX: caf\xc3\xa9\r\n"), "hello"},
      {request("GET /hello HTTP/1.1", "Host: a\r\nContent-Length: 0\r\n"), "hello"},
      {post("Content-Length: 3\r\n", "abc"), "abc"},
      {post("Content-Length: 0003\r\n", "abc"), "abc"},
      {post("", ""), ""},
      {chunked("3\r\nabc\r\n0\r\n\r\n"), "abc"},
      {chunked("1\r\na\r\n002\r\nbc\r\n0\r\nX-Trailer: d\r\n\r\n"), "abc"},
      {chunked("3;a=b;c=\"d\"\r\nabc\r\n0;e\r\n\r\n"), "abc"},
      {post("Transfer-Encoding: Chunked\r\n", "A\r\n0123456789\r\n0\r\n\r\n"), "0123456789"},
  };
  EdgeFixture edge;
  RawClient client(edge.port());
  for (const auto& [bytes, body] : unusual) {
    CAPTURE(bytes);
    const auto answer = client.ask(bytes);
    CHECK(answer.status == 200);
    CHECK(answer.body == body);
  }
}
