#include "client/immediate_database.h"

#include <algorithm>
#include <array>

namespace parley::client {
namespace {

constexpr std::array<std::string_view, 3> kReads{"BatchGetItem", "GetItem", "Query"};

struct MustWaitDetail final : ErrorDetail {};

}  // namespace

Error must_wait() {
  return {ErrorCode::kUnavailable, "This takes a thread that may wait",
          std::make_shared<MustWaitDetail>()};
}

bool is_must_wait(const Error& error) {
  return dynamic_cast<const MustWaitDetail*>(error.detail.get()) != nullptr;
}

Result<std::string> ImmediateDatabase::call(std::string_view operation, std::string_view input) {
  if (in_process_ == nullptr || std::ranges::find(kReads, operation) == kReads.end()) {
    return std::unexpected(must_wait());
  }
  return in_process_->call(operation, input);
}

}  // namespace parley::client
