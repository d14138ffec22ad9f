#include "api/lambda/revision.h"

#include <utility>

#include "api/input.h"

namespace parley::api {

std::optional<std::string> find_revision(const simdjson::dom::object& input) {
  const auto revision = find_string(input, "RevisionId");
  if (!revision || revision->empty()) return std::nullopt;
  return std::string(*revision);
}

Error revision_error(Error error) {
  if (error.code == ErrorCode::kPreconditionFailed) {
    error.message =
        "The Revision Id provided does not match the latest Revision Id. Call the "
        "GetFunction/GetAlias API to retrieve the latest Revision Id";
  }
  return error;
}

}  // namespace parley::api
