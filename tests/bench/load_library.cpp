// Loads the libraries that it is given, and ends: what they cost a process before they do anything.
#include <dlfcn.h>

#include <cstdio>

int main(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    if (dlopen(argv[i], RTLD_NOW) != nullptr) continue;
    std::fprintf(stderr, "%s\n", dlerror());
    return 1;
  }
  return 0;
}
