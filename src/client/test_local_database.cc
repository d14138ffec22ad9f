#include "client/test_local_database.h"

#include <utility>

#include "base/assert.h"
#include "storage/memory/memory_store.h"

namespace parley::client {

TestLocalDatabase::TestLocalDatabase() {
  auto opened = engine::Database::open(storage::make_memory_store(), {}, clock_, random_);
  PARLEY_ASSERT(opened.has_value());
  database_ = *std::move(opened);
  service_ = std::make_unique<api::Service>(*database_,
                                            [](std::move_only_function<void()> task) { task(); });
  local_ = std::make_unique<LocalDatabase>(*service_);
}

TestLocalDatabase::~TestLocalDatabase() = default;

std::shared_ptr<void> TestLocalDatabase::announce_records(std::function<void()> listener) {
  return database_->streams().subscribe(std::move(listener));
}

Result<std::string> TestLocalDatabase::call(std::string_view operation, std::string_view input) {
  if (before_call) {
    if (auto error = before_call(operation, input)) return std::unexpected(*std::move(error));
  }
  return local_->call(operation, input);
}

}  // namespace parley::client
