// NumPy's .npz: a zip archive whose members are .npy files.

#include "formats/tensors/npz.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/byte_order.h"
#include "formats/tensors/tensor.h"
#include "image/codec.h"
#include "image/plugin.h"
#include "qsample/error.h"

namespace qsample {
namespace {

constexpr plugin::Module kModule = {"zip", "libarchive (Debian: libarchive13)"};
constexpr std::string_view kExtensions[] = {".npz"};
constexpr std::string_view kMember = ".npy";
// Of a member, where its whole header is.
constexpr std::size_t kHead = (1 << 16) + 16;

// By the first member: a zip archive may be anything.
bool sniff(Bytes head) {
  constexpr std::size_t kLengthAt = 26;
  constexpr std::size_t kNameAt = 30;
  if (!has_text(head, 0, "PK\x03\x04") || head.size() < kNameAt) return false;
  const std::size_t length = read_little_endian(head, kLengthAt, 2);
  return length >= kMember.size() && has_text(head, kNameAt + length - kMember.size(), kMember);
}

// A tensor is called as its member is, without the ending.
struct Members {
  std::vector<std::string> names;
  std::vector<std::size_t> numbers;  // among all members
};

Members members_of(Bytes file) {
  const auto zip = plugin::load<ZipModule>(kModule).read(file);
  Members members;
  std::size_t number = 0;
  for (auto name = zip->next(); name; name = zip->next(), ++number) {
    if (!name->ends_with(kMember)) continue;
    members.names.push_back(name->substr(0, name->size() - kMember.size()));
    members.numbers.push_back(number);
  }
  auto sorted = members.names;
  std::sort(sorted.begin(), sorted.end());
  const auto twice = std::adjacent_find(sorted.begin(), sorted.end());
  if (twice != sorted.end()) throw Error("it holds tensor '" + *twice + "' twice");
  return members;
}

// Inflates no more than the tensor's own header announces, whatever the archive says, and that only
// where there is memory for it.
std::vector<std::byte> inflated(Bytes file, std::size_t number, const DecodeOptions& options) {
  const auto zip = plugin::load<ZipModule>(kModule).read(file);
  for (std::size_t i = 0; i <= number; ++i) (void)zip->next();
  std::vector<std::byte> bytes;
  zip->read_up_to(kHead, bytes);
  if (!kNpy.sniff(bytes)) throw Error("its member is no NPY");
  const std::size_t size = *kNpy.extent(bytes, options);
  options.reserve({.depth = 32, .working = size});
  bytes.reserve(size);
  zip->read_up_to(size, bytes);
  return bytes;
}

Decoded decode(Bytes file, const DecodeOptions& options) {
  check_frame(1, options);
  const Members members = members_of(file);
  const std::size_t chosen = chosen_tensor(members.names, options.tensor);
  const auto bytes = inflated(file, members.numbers[chosen], options);
  DecodeOptions beside = options;
  beside.reserve = [&](Footprint image) {
    image.working += bytes.capacity();
    options.reserve(image);
  };
  return kNpy.decode(bytes, beside);
}

}  // namespace

constinit const Codec kNpz = {
    .name = "NPZ", .extensions = kExtensions, .sniff = sniff, .decode = decode};

}  // namespace qsample
