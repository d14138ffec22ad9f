#include "client/local_database.h"

#include <utility>

#include "api/local_call.h"

namespace parley::client {

Result<std::string> LocalDatabase::call(std::string_view operation, std::string_view input) {
  api::Reply reply = api::call(service_, target_of(operation), input).get();
  if (reply.status != 200) return std::unexpected(service_error(reply.status, reply.body));
  return std::move(reply.body);
}

}  // namespace parley::client
