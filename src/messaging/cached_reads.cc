#include "messaging/cached_reads.h"

namespace parley::messaging {

Result<std::shared_ptr<const std::string>> CachedReads::read(std::string_view collection,
                                                             std::string_view operation,
                                                             std::string_view input) {
  std::string variant(operation);
  variant += ' ';
  variant += input;
  return made(collection, variant, [&] { return database_.call(operation, input); });
}

Result<std::shared_ptr<const std::string>> CachedReads::made(std::string_view collection,
                                                             std::string_view name,
                                                             const Make& make) {
  return threads_ == For::kPatient ? cache_.read(collection, name, make)
                                   : cache_.read_at_once(collection, name, make);
}

}  // namespace parley::messaging
