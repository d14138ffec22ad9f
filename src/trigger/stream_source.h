// StreamSource: what a mapping needs of streams, and no more. stream::Streams is one (see
// make_stream_source); tests have a small one of their own.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "base/result.h"
#include "stream/stream.h"

namespace parley::trigger {

/// Thread-safe. Each function as the one of stream::Streams that bears its name.
class StreamSource {
 public:
  virtual ~StreamSource() = default;
  [[nodiscard]] virtual Result<stream::StreamSnapshot> find(std::string_view arn) const = 0;
  [[nodiscard]] virtual Result<stream::RecordPage> read(const stream::Stream& stream,
                                                        std::size_t shard,
                                                        stream::SequenceNumber after,
                                                        const stream::ReadLimits& limits) const = 0;
  [[nodiscard]] virtual Result<stream::SequenceNumber> latest(const stream::Stream& stream,
                                                              std::size_t shard) const = 0;
  [[nodiscard]] virtual stream::SequenceNumber trim_horizon(const stream::Stream& stream,
                                                            std::size_t shard) const = 0;
  [[nodiscard]] virtual std::shared_ptr<void> subscribe(std::function<void()> listener) = 0;
};

/// `streams` is borrowed.
[[nodiscard]] std::unique_ptr<StreamSource> make_stream_source(stream::Streams& streams);

}  // namespace parley::trigger
