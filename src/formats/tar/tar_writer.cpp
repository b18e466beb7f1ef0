#include "formats/tar/tar_writer.h"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <string_view>

namespace qsample {
namespace {

constexpr std::size_t kBlock = 512;
constexpr std::size_t kBuffer = 1 << 20;
constexpr std::size_t kMostName = 100;
constexpr std::size_t kMostPrefix = 155;
constexpr std::uint64_t kMostSize = 077777777777;  // eleven octal digits

using Header = std::array<char, kBlock>;

std::uint64_t padded(std::uint64_t size) { return (size + kBlock - 1) / kBlock * kBlock; }

void put_text(Header& header, std::size_t at, std::string_view text) {
  std::copy(text.begin(), text.end(), header.begin() + static_cast<std::ptrdiff_t>(at));
}

void put_octal(Header& header, std::size_t at, int digits, std::uint64_t value) {
  for (std::size_t i = at + static_cast<std::size_t>(digits); i-- > at; value /= 8) {
    header[i] = static_cast<char>('0' + value % 8);
  }
}

// Where a name is cut into prefix and name, as far left as it can be; 0: it need not be. Nothing
// where a header does not hold it.
std::optional<std::size_t> cut_of(const std::string& name) {
  if (name.size() <= kMostName) return 0;
  const auto cut = name.find('/', name.size() - kMostName - 1);
  if (cut == std::string::npos || cut == 0 || cut > kMostPrefix || cut + 1 == name.size()) {
    return std::nullopt;
  }
  return cut;
}

Header header_of(const std::string& name, std::uint64_t size, char type) {
  Header header{};
  const std::size_t cut = cut_of(name).value_or(0);
  if (cut > 0) put_text(header, 345, name.substr(0, cut));
  put_text(header, 0, std::string_view(name).substr(cut > 0 ? cut + 1 : 0).substr(0, kMostName));
  put_octal(header, 100, 7, 0644);
  put_octal(header, 108, 7, 0);  // owner
  put_octal(header, 116, 7, 0);  // group
  put_octal(header, 124, 11, std::min(size, kMostSize));
  put_octal(header, 136, 11, 0);  // time
  put_text(header, 148, "        ");
  header[156] = type;
  put_text(header, 257,
           std::string_view("ustar\0"
                            "00",
                            8));
  put_octal(header, 329, 7, 0);
  put_octal(header, 337, 7, 0);
  std::uint64_t sum = 0;
  for (const char c : header) sum += static_cast<unsigned char>(c);
  put_octal(header, 148, 6, sum);
  header[154] = '\0';
  return header;
}

// "27 path=...\n": the number is the length of the whole line, its own digits too.
std::string pax_line(const std::string& key, const std::string& value) {
  const std::string rest = " " + key + "=" + value + "\n";
  std::size_t length = rest.size();
  while (std::to_string(length).size() + rest.size() != length) {
    length = std::to_string(length).size() + rest.size();
  }
  return std::to_string(length) + rest;
}

// What a header does not hold.
std::string pax_of(const std::string& name, std::uint64_t size) {
  std::string lines;
  if (!cut_of(name)) lines += pax_line("path", name);
  if (size > kMostSize) lines += pax_line("size", std::to_string(size));
  return lines;
}

}  // namespace

std::uint64_t TarWriter::size_of(const std::string& name, std::uint64_t size) {
  const std::string pax = pax_of(name, size);
  return kBlock + padded(size) + (pax.empty() ? 0 : kBlock + padded(pax.size()));
}

void TarWriter::add(const std::string& name, Bytes bytes) {
  const auto put_member = [&](const std::string& stored, Bytes content, char type) {
    const Header header = header_of(stored, content.size(), type);
    put(std::as_bytes(std::span(header)));
    put(content);
    pad();
  };
  const std::string pax = pax_of(name, bytes.size());
  if (!pax.empty()) put_member("PaxHeaders/member", std::as_bytes(std::span(pax)), 'x');
  put_member(name, bytes, '0');
}

void TarWriter::finish() {
  const std::array<std::byte, 2 * kBlock> end{};
  put(end);
  flush();
}

void TarWriter::put(Bytes bytes) {
  size_ += bytes.size();
  if (buffer_.size() + bytes.size() > kBuffer) flush();
  if (bytes.size() > kBuffer) {
    sink_(bytes);
  } else {
    buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
  }
}

void TarWriter::pad() {
  const std::array<std::byte, kBlock> zeros{};
  put(Bytes(zeros).first(static_cast<std::size_t>(padded(size_) - size_)));
}

void TarWriter::flush() {
  if (!buffer_.empty()) sink_(buffer_);
  buffer_.clear();
}

}  // namespace qsample
