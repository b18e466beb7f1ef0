// Writes what an installation has below share/: pages of the manual, and completion for shells.

#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "cli/manual/manual.h"
#include "cli/shell/completion.h"

namespace {

namespace fs = std::filesystem;

void write(const fs::path& path, const std::string& text) {
  fs::create_directories(path.parent_path());
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (!file) throw fs::filesystem_error("can't be written", path, std::error_code());
}

void write_all(const fs::path& share) {
  using namespace qsample::cli;
  const std::vector<CommandWords> commands = command_words();
  const fs::path pages = share / "man" / "man1";
  write(pages / "qsample.1", program_page(commands));
  for (const CommandWords& command : commands) {
    write(pages / ("qsample-" + command.name + ".1"), command_page(command));
  }
  for (const Shell& shell : kShells) write(share / shell.place, shell.completion(commands));
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc != 2) throw std::invalid_argument("usage: write_share FOLDER");
    write_all(argv[1]);
  } catch (const std::exception& e) {
    std::cerr << "write_share: " << e.what() << '\n';
    return 1;
  }
  return 0;
}
