#include <fmt/format.h>
#include <simdjson.h>

#include "client/database.h"

namespace parley::client {

Error service_error(int status, std::string_view body) {
  auto detail = std::make_shared<ServiceErrorDetail>();
  detail->status = status;
  simdjson::dom::parser parser;
  simdjson::dom::element json;
  if (parser.parse(body.data(), body.size()).get(json) == simdjson::SUCCESS) {
    std::string_view type;
    // "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException"
    if (json["__type"].get(type) == simdjson::SUCCESS) {
      detail->type = type.substr(type.find('#') == std::string_view::npos ? 0 : type.find('#') + 1);
    }
    for (const char* key : {"message", "Message"}) {
      std::string_view text;
      if (json[key].get(text) == simdjson::SUCCESS && detail->text.empty()) detail->text = text;
    }
  }
  if (detail->type.empty()) {
    detail->type = fmt::format("HTTP status {}", status);
    if (detail->text.empty()) detail->text = "this is no answer of DynamoDB's; what listens there?";
  }
  std::string message =
      detail->text.empty() ? detail->type : fmt::format("{}: {}", detail->type, detail->text);
  return {ErrorCode::kRemote, std::move(message), std::move(detail)};
}

bool is_service_error(const Error& error, std::string_view type) {
  const auto* detail = dynamic_cast<const ServiceErrorDetail*>(error.detail.get());
  return error.code == ErrorCode::kRemote && detail != nullptr && detail->type == type;
}

}  // namespace parley::client
