#include "client/remote_database.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>

#include "base/checksum.h"

namespace parley::client {
namespace {

// What may succeed if asked again. Source:
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
constexpr std::array<std::string_view, 5> kRetryable{
    "ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded",
    "TransactionInProgressException", "LimitExceededException"};

bool may_succeed_later(std::string_view operation, const Error& error) {
  const auto* detail = dynamic_cast<const ServiceErrorDetail*>(error.detail.get());
  if (detail == nullptr) return false;
  if (detail->status >= 500) return true;
  // LimitExceeded means too many table changes at once; a retry of those takes minutes, not
  // seconds.
  if (detail->type == "LimitExceededException" && operation.ends_with("Table")) return false;
  return std::ranges::find(kRetryable, detail->type) != kRetryable.end();
}

Status check_checksum(const net::HttpClientReply& reply) {
  const std::string_view sent = reply.header("x-amz-crc32");
  std::uint32_t expected = 0;
  const auto parsed = std::from_chars(sent.data(), sent.data() + sent.size(), expected);
  if (sent.empty() || parsed.ec != std::errc{} || expected == crc32(reply.body)) return {};
  return fail(ErrorCode::kIo, "The reply was damaged on its way: its checksum is wrong");
}

}  // namespace

Pause system_pause() {
  return [](std::chrono::milliseconds time) {
    const timespec wait{.tv_sec = time.count() / 1'000,
                        .tv_nsec = time.count() % 1'000 * 1'000'000};
    ::nanosleep(&wait, nullptr);
  };
}

std::chrono::milliseconds backoff(int attempt, Random& random) {
  const std::uint64_t ceiling_ms =
      std::min<std::uint64_t>(5'000, 50ULL << std::clamp(attempt - 1, 0, 10));
  return std::chrono::milliseconds(random.next_u64() % (ceiling_ms + 1));
}

std::string aws_endpoint(std::string_view region) {
  return fmt::format("https://dynamodb.{}.amazonaws.com{}", region,
                     region.starts_with("cn-") ? ".cn" : "");
}

net::Url streams_endpoint(const net::Url& endpoint) {
  const std::string_view host = endpoint.host;
  const bool is_dynamodb = host.starts_with("dynamodb.") || host.starts_with("dynamodb-fips.");
  const bool is_aws = host.ends_with(".amazonaws.com") || host.ends_with(".amazonaws.com.cn") ||
                      host.ends_with(".api.aws");
  net::Url streams = endpoint;
  if (is_dynamodb && is_aws) streams.host = fmt::format("streams.{}", host);
  return streams;
}

RemoteDatabase::RemoteDatabase(RemoteDatabaseOptions options, Clock& clock, Random& random,
                               Pause pause)
    : options_(std::move(options)),
      clock_(clock),
      random_(random),
      pause_(std::move(pause)),
      database_(options_.endpoint, options_.http),
      streams_(streams_endpoint(options_.endpoint), options_.http) {}

Result<std::string> RemoteDatabase::call(std::string_view operation, std::string_view input) {
  Place& place = is_streams_operation(operation) ? streams_ : database_;
  for (int attempt = 1;; ++attempt) {
    net::HttpClientRequest request{.path = place.endpoint.path,
                                   .headers = {{"Content-Type", "application/x-amz-json-1.0"},
                                               {"X-Amz-Target", target_of(operation)},
                                               {"User-Agent", options_.user_agent}},
                                   .body = std::string(input)};
    net::sign(request, place.endpoint.authority(), options_.credentials, options_.region,
              "dynamodb", clock_.now());
    net::HttpClientReply reply = PARLEY_TRY(place.http.send(request));
    if (reply.status == 200) {
      PARLEY_TRY(check_checksum(reply));
      return std::move(reply.body);
    }
    Error error = service_error(reply.status, reply.body);
    if (attempt >= options_.attempts_max || !may_succeed_later(operation, error)) {
      return std::unexpected(std::move(error));
    }
    pause_(backoff(attempt, random_));
  }
}

}  // namespace parley::client
