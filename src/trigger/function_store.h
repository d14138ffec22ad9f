// FunctionStore: what is deployed, in the key-value store under storage id 8
// (docs/formats/functions.md). Code and logs are files elsewhere.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "storage/commit_pipeline.h"
#include "storage/key_value_store.h"
#include "trigger/functions.h"

namespace parley::trigger {

/// Thread-safe. Borrows what it is given.
class FunctionStore {
 public:
  FunctionStore(storage::KeyValueStore& store, storage::CommitPipeline& commits,
                const model::Realm& realm)
      : store_(store), commits_(commits), realm_(realm) {}

  /// Every function, by name. Errors: kIo, kCorruption.
  [[nodiscard]] Result<std::vector<Function>> load() const;
  /// Both wait until the change is durable. Errors: kIo, kStorageFull; then nothing has changed.
  [[nodiscard]] Status put(const Function& function);
  [[nodiscard]] Status erase(std::string_view name);

 private:
  storage::KeyValueStore& store_;
  storage::CommitPipeline& commits_;
  const model::Realm& realm_;
};

/// The stored form of a function, an item; without its ARN, which is the realm's.
[[nodiscard]] std::string make_function_record(const Function& function);
/// Errors: kCorruption.
[[nodiscard]] Result<Function> read_function_record(std::string_view bytes);

}  // namespace parley::trigger
