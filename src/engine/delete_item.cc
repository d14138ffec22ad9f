#include "engine/engine.h"
#include "engine/item_write.h"

namespace parley::engine {

Result<WriteOutcome> Database::delete_item(const DeleteItem& request) {
  return write_item(*state_, &request);
}

}  // namespace parley::engine
