#include "expr/container_writer.h"

#include "model/container_bytes.h"

namespace parley::expr {

void append_name(std::string& out, std::string_view name) {
  model::append_prefixed(out, name);
}

ContainerWriter::ContainerWriter(std::string& out, char tag) : out_(out), start_(out.size()) {
  model::begin_container(out, tag);
}

void ContainerWriter::finish(std::size_t count) {
  model::finish_container(out_, start_, count);
}

ItemWriter::ItemWriter(std::string& out) : out_(out), start_(out.size()) {
  model::begin_item(out);
}

void ItemWriter::finish(std::size_t count) {
  model::finish_item(out_, start_, count);
}

}  // namespace parley::expr
