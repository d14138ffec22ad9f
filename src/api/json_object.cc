#include "api/json_object.h"

namespace parley::api {

void ObjectWriter::member(std::string_view name) {
  if (!first_) out_ += ',';
  first_ = false;
  out_ += '"';
  out_ += name;
  out_ += "\":";
}

}  // namespace parley::api
