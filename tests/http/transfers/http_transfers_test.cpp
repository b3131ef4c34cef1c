#include "http/transfers/http_transfers.hpp"

#include <catch2/catch.hpp>

#include "tests/http/webhooks/receiver.hpp"

using namespace orrery;

namespace {

/// Longer than any test may take: who waits so long for nothing is stopped.
constexpr std::chrono::hours ever{1};

HttpOutcome outcome_of(HttpTransfer transfer) {
  HttpTransfers transfers("");
  std::optional<HttpOutcome> outcome;
  transfers.begin(std::move(transfer), [&](HttpOutcome result) { outcome = std::move(result); });
  while (!outcome) transfers.wait(ever);
  return *outcome;
}

HttpTransfer post_to(const std::string& url, std::optional<UpstreamReach> reach) {
  HttpTransfer transfer;
  transfer.method = "POST";
  transfer.url = url;
  transfer.body = R"({"id":"7"})";
  transfer.content_type = "application/cloudevents+json";
  transfer.headers = {"webhook-id: 7"};
  transfer.reach = reach;
  return transfer;
}

}  // namespace

TEST_CASE("a transfer carries its headers, type and body, and tells when to come again") {
  Receiver receiver([](std::size_t, const ReceivedMessage&) {
    auto response = status_only(503);
    response.headers.emplace_back("Retry-After", "7");
    return response;
  });
  const auto outcome = outcome_of(post_to(receiver.url(), std::nullopt));
  CHECK(outcome.status == 503);
  CHECK(outcome.retry_after == std::chrono::seconds(7));
  const auto message = receiver.await(1).front();
  CHECK(message.id == "7");
  CHECK(message.content_type == "application/cloudevents+json");
  CHECK(message.body == R"({"id":"7"})");
}

TEST_CASE("a transfer within a reach connects nowhere else, by address or by name") {
  Receiver receiver;
  auto by_name = receiver.url();
  by_name.replace(by_name.find("127.0.0.1"), 9, "localhost");
  for (const auto& url : {receiver.url(), by_name}) {
    for (const auto reach : {UpstreamReach::internet, UpstreamReach::network}) {
      const auto outcome = outcome_of(post_to(url, reach));
      CHECK(outcome.status == 0);
      CHECK(outcome.failure == "its address may not be connected to");
    }
    CHECK(outcome_of(post_to(url, UpstreamReach::anywhere)).status == 204);
  }
  CHECK(receiver.messages().size() == 2);
}

TEST_CASE("an answer of a stranger that is too long is cut, not refused") {
  Receiver receiver([](std::size_t, const ReceivedMessage&) {
    auto response = status_only(200);
    response.body = std::string(HttpTransfers::strange_body_bytes_max * 3, 'x');
    return response;
  });
  const auto outcome = outcome_of(post_to(receiver.url(), UpstreamReach::anywhere));
  CHECK(outcome.status == 200);
  CHECK(outcome.body.size() == HttpTransfers::strange_body_bytes_max);
}

TEST_CASE("a redirect is an answer, and isn't followed") {
  Receiver receiver([](std::size_t, const ReceivedMessage&) {
    auto response = status_only(307);
    response.headers.emplace_back("Location", "/hook");
    return response;
  });
  CHECK(outcome_of(post_to(receiver.url(), UpstreamReach::anywhere)).status == 307);
  CHECK(receiver.messages().size() == 1);
}
