// LocalDatabase: the same interface over a Service in this process, without HTTP.
#pragma once

#include <string>
#include <string_view>

#include "api/api.h"
#include "client/database.h"

namespace parley::client {

class LocalDatabase final : public Database {
 public:
  /// `service` is borrowed and must outlive this. Not to be called on an event loop's
  /// thread, but for reads (immediate_database.h): they are answered before the call returns.
  explicit LocalDatabase(api::Service& service) : service_(service) {}

  [[nodiscard]] Result<std::string> call(std::string_view operation,
                                         std::string_view input) override;

 private:
  api::Service& service_;
};

}  // namespace parley::client
