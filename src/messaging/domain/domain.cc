#include "messaging/domain/domain.h"

#include <utility>

namespace parley::messaging {

Result<std::shared_ptr<const std::string>> UncachedReads::read(std::string_view,
                                                               std::string_view operation,
                                                               std::string_view input) {
  return std::make_shared<const std::string>(PARLEY_TRY(database_.call(operation, input)));
}

Result<std::shared_ptr<const std::string>> UncachedReads::made(std::string_view, std::string_view,
                                                               const Make& make) {
  return std::make_shared<const std::string>(PARLEY_TRY(make()));
}

}  // namespace parley::messaging
