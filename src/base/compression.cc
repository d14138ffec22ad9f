#include "base/compression.h"

#include <libdeflate.h>

#include <algorithm>
#include <memory>

namespace parley {
namespace {

constexpr int kLevel = 4;  // replies are made once and sent once: speed before size

struct FreeCompressor {
  void operator()(libdeflate_compressor* c) const { libdeflate_free_compressor(c); }
};
struct FreeDecompressor {
  void operator()(libdeflate_decompressor* d) const { libdeflate_free_decompressor(d); }
};

}  // namespace

std::string compress(Compression format, std::string_view bytes) {
  const std::unique_ptr<libdeflate_compressor, FreeCompressor> compressor(
      libdeflate_alloc_compressor(kLevel));
  const bool gzip = format == Compression::kGzip;
  const std::size_t bound = gzip ? libdeflate_gzip_compress_bound(compressor.get(), bytes.size())
                                 : libdeflate_zlib_compress_bound(compressor.get(), bytes.size());
  std::string out(bound, '\0');
  const auto run = gzip ? libdeflate_gzip_compress : libdeflate_zlib_compress;
  out.resize(run(compressor.get(), bytes.data(), bytes.size(), out.data(), out.size()));
  return out;
}

Result<std::string> decompress(Compression format, std::string_view bytes,
                               std::size_t size_bytes_max) {
  const std::unique_ptr<libdeflate_decompressor, FreeDecompressor> decompressor(
      libdeflate_alloc_decompressor());
  const auto run =
      format == Compression::kGzip ? libdeflate_gzip_decompress_ex : libdeflate_zlib_decompress_ex;
  // The result's size is not known beforehand: double until it fits or the limit is reached.
  std::string out(std::min(size_bytes_max, std::max<std::size_t>(4096, bytes.size() * 4)), '\0');
  std::size_t size = 0;
  do {  // one member after another (RFC 1952, section 2.2)
    std::size_t consumed = 0;
    std::size_t produced = 0;
    const auto outcome = run(decompressor.get(), bytes.data(), bytes.size(), out.data() + size,
                             out.size() - size, &consumed, &produced);
    if (outcome == LIBDEFLATE_INSUFFICIENT_SPACE) {
      if (out.size() == size_bytes_max) {
        return fail(ErrorCode::kRequestEntityTooLarge,
                    "The decompressed request body is larger than the limit");
      }
      out.resize(std::min(size_bytes_max, out.size() * 2));
      continue;
    }
    if (outcome != LIBDEFLATE_SUCCESS) {
      return fail(ErrorCode::kSerialization, "The request body could not be decompressed");
    }
    size += produced;
    bytes.remove_prefix(consumed);
  } while (!bytes.empty());
  out.resize(size);
  return out;
}

}  // namespace parley
