#include "trigger/stream_source.h"

#include <utility>

namespace parley::trigger {
namespace {

class StreamsSource final : public StreamSource {
 public:
  explicit StreamsSource(stream::Streams& streams) : streams_(streams) {}
  [[nodiscard]] Result<stream::StreamSnapshot> find(std::string_view arn) const override {
    return streams_.find(arn);
  }
  [[nodiscard]] Result<stream::RecordPage> read(const stream::Stream& stream, std::size_t shard,
                                                stream::SequenceNumber after,
                                                const stream::ReadLimits& limits) const override {
    return streams_.read(stream, shard, after, limits);
  }
  [[nodiscard]] Result<stream::SequenceNumber> latest(const stream::Stream& stream,
                                                      std::size_t shard) const override {
    return streams_.latest(stream, shard);
  }
  [[nodiscard]] stream::SequenceNumber trim_horizon(const stream::Stream& stream,
                                                    std::size_t shard) const override {
    return streams_.trim_horizon(stream, shard);
  }
  std::shared_ptr<void> subscribe(std::function<void()> listener) override {
    return streams_.subscribe(std::move(listener));
  }

 private:
  stream::Streams& streams_;  // the caller's
};

}  // namespace

std::unique_ptr<StreamSource> make_stream_source(stream::Streams& streams) {
  return std::make_unique<StreamsSource>(streams);
}

}  // namespace parley::trigger
