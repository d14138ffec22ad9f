// HttpApiHandler: HTTP requests to the api layer's Service, and its replies back.
#pragma once

#include "api/api.h"
#include "api/lambda/lambda.h"
#include "net/http_server.h"

namespace parley::cli {

class HttpApiHandler final : public net::HttpHandler {
 public:
  /// To be called once, before the server starts: a port is bound before the data is opened, so
  /// that a port in use is found out first. The services are borrowed and must outlive the server.
  void attach(api::Service& service, api::LambdaService& lambda) {
    service_ = &service;
    lambda_ = &lambda;
  }

  void handle(const net::HttpRequest& request, net::ReplyCallback reply) override;
  [[nodiscard]] net::HttpReply failure(const net::HttpRequest& request, int status,
                                       std::string_view reason) override;

 private:
  api::Service* service_ = nullptr;
  api::LambdaService* lambda_ = nullptr;
};

}  // namespace parley::cli
