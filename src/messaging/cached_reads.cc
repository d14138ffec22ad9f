#include "messaging/cached_reads.h"

namespace parley::messaging {

Result<std::shared_ptr<const std::string>> CachedReads::read(std::string_view collection,
                                                             std::string_view operation,
                                                             std::string_view input) {
  std::string variant(operation);
  variant += ' ';
  variant += input;
  return cache_.read(collection, variant, [&] { return database_.call(operation, input); });
}

}  // namespace parley::messaging
