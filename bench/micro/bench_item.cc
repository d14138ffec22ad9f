// What one item of about 1 KB and eleven attributes costs between JSON and the stored encoding, and
// to read: `build/release/bench/micro/bench_item`.
#include <benchmark/benchmark.h>
#include <simdjson.h>

#include <string>

#include "codec/item_json.h"
#include "codec/key_encoding.h"
#include "model/number.h"

namespace parley {
namespace {

/// A message as the messaging service stores it, filled up to about 1 KB.
std::string message_json() {
  const std::string text(500, 'm');
  return R"({"pk":{"S":"MSG#5ae290ed-55d1-47a0-bc6d-fe2bc2700399"},)"
         R"("sk":{"S":"2026-11-22T15:48:12.123456+00:00"},)"
         R"("message_uuid":{"S":"d1a2e6c4-8c1f-4a9e-9a3e-0f5a5d3f9b11"},)"
         R"("message":{"S":")" +
         text +
         R"( and a \"quoted\" word\nand a line"},)"
         R"("user_uuid":{"S":"b0c9c6e2-1c3d-4f0e-8c0a-7d1b2a3c4d5e"},)"
         R"("user_display_name":{"S":"Andrew Brown"},"user_handle":{"S":"andrewbrown"},)"
         R"("likes":{"N":"1234"},"ttl":{"N":"1795361675"},"edited":{"BOOL":false},)"
         R"("meta":{"M":{"client":{"S":"web"},"tags":{"L":[{"S":"a"},{"N":"1.5"}]}}}})";
}

void BM_SimdjsonParse(benchmark::State& state) {
  const simdjson::padded_string json(message_json());
  simdjson::dom::parser parser;
  for (auto _ : state) benchmark::DoNotOptimize(parser.parse(json).value_unsafe());
}
BENCHMARK(BM_SimdjsonParse);

void BM_ParseItem(benchmark::State& state) {
  const simdjson::padded_string json(message_json());
  simdjson::dom::parser parser;
  const simdjson::dom::object object = parser.parse(json).get_object().value_unsafe();
  for (auto _ : state) benchmark::DoNotOptimize(codec::parse_item(object));
}
BENCHMARK(BM_ParseItem);

void BM_AppendJson(benchmark::State& state) {
  const model::Item item = codec::parse_item(message_json()).value();
  std::string out;
  for (auto _ : state) {
    out.clear();
    codec::append_json(out, item.view());
    benchmark::DoNotOptimize(out.data());
  }
}
BENCHMARK(BM_AppendJson);

void BM_SizeBytes(benchmark::State& state) {
  const model::Item item = codec::parse_item(message_json()).value();
  for (auto _ : state) benchmark::DoNotOptimize(item.view().size_bytes());
}
BENCHMARK(BM_SizeBytes);

void BM_FindLastAttribute(benchmark::State& state) {
  const model::Item item = codec::parse_item(message_json()).value();
  for (auto _ : state) benchmark::DoNotOptimize(item.view().find("user_uuid"));
}
BENCHMARK(BM_FindLastAttribute);

void BM_ItemKey(benchmark::State& state) {
  const model::Item item = codec::parse_item(message_json()).value();
  model::Table table;
  table.key = {.hash = {{"pk"}}, .range = {{"sk"}}};
  for (auto _ : state) benchmark::DoNotOptimize(codec::item_key(table, item.view()));
}
BENCHMARK(BM_ItemKey);

void BM_NumberTextToBytes(benchmark::State& state) {
  std::string out;
  for (auto _ : state) {
    out.clear();
    benchmark::DoNotOptimize(model::Number::append_encoded_text("1795361675.25", out));
  }
}
BENCHMARK(BM_NumberTextToBytes);

void BM_NumberBytesToText(benchmark::State& state) {
  std::string bytes;
  model::Number::parse("1795361675.25").value().append_encoded(bytes);
  std::string out;
  for (auto _ : state) {
    out.clear();
    model::Number::append_decoded_text(bytes, out);
    benchmark::DoNotOptimize(out.data());
  }
}
BENCHMARK(BM_NumberBytesToText);

void BM_NumberAdd(benchmark::State& state) {
  const model::Number left = model::Number::parse("12345678901234567890.123").value();
  const model::Number right = model::Number::from_int64(1);
  for (auto _ : state) benchmark::DoNotOptimize(model::Number::add(left, right));
}
BENCHMARK(BM_NumberAdd);

void BM_NumberAddCounter(benchmark::State& state) {
  const model::Number left = model::Number::from_int64(41);
  const model::Number right = model::Number::from_int64(1);
  for (auto _ : state) benchmark::DoNotOptimize(model::Number::add(left, right));
}
BENCHMARK(BM_NumberAddCounter);

}  // namespace
}  // namespace parley
