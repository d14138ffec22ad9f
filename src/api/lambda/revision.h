// RevisionId: an update that must find the function as its sender last saw it.
#pragma once

#include <simdjson.h>

#include <optional>
#include <string>

#include "base/error.h"

namespace parley::api {

/// RevisionId of a request; an empty one is none.
[[nodiscard]] std::optional<std::string> find_revision(const simdjson::dom::object& input);

/// The error of an update in AWS's words.
[[nodiscard]] Error revision_error(Error error);

}  // namespace parley::api
