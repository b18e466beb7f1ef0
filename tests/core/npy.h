// Arrays that the tests keep.
#pragma once

#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace qsample {

/// The samples of a .npy file of float32, whose header ends with a line's end.
inline std::vector<float> read_npy(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  const std::size_t begin = text.find('\n') + 1;
  std::vector<float> samples((text.size() - begin) / sizeof(float));
  std::memcpy(samples.data(), text.data() + begin, samples.size() * sizeof(float));
  return samples;
}

}  // namespace qsample
