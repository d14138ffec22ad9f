#include "engine/engine.h"
#include "engine/item_write.h"

namespace parley::engine {

Result<WriteOutcome> Database::put_item(const PutItem& request) {
  return write_item(*state_, &request);
}

}  // namespace parley::engine
