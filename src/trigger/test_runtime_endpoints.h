// RuntimeEndpoints for tests: HTTP as far as the bootstraps and curl speak it, a thread for every
// connection, no dependency on net.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "trigger/functions.h"

namespace parley::trigger {

class TestRuntimeEndpoints final : public RuntimeEndpoints {
 public:
  ~TestRuntimeEndpoints() override;
  [[nodiscard]] Result<std::string> open(Handler handler) override;
  void close(const std::string& address) override;
  [[nodiscard]] std::size_t open_count();

  /// Called by open() with each new handler, before any process can know its address.
  std::function<void(const Handler&)> on_open;

 private:
  struct Listener;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Listener>> listeners_;
};

}  // namespace parley::trigger
