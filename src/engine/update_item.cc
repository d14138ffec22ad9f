#include "engine/engine.h"
#include "engine/item_write.h"

namespace parley::engine {

Result<WriteOutcome> Database::update_item(const UpdateItem& request) {
  return write_item(*state_, &request);
}

}  // namespace parley::engine
