// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/sandbox/build_id.h"

#include <elf.h>
#include <fmt/format.h>
#include <link.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <iterator>

namespace shmspec {
namespace {

/// Names and contents of notes are padded to whole words.
constexpr std::size_t Padded(std::size_t size) { return (size + 3) & ~std::size_t{3}; }

struct Search {
  std::string_view file_name;
  std::string program;  // the build id of the program itself
  std::string library;
};

std::string BuildIdOf(const dl_phdr_info& object) {
  for (ElfW(Half) i = 0; i < object.dlpi_phnum; ++i) {
    const ElfW(Phdr)& segment = object.dlpi_phdr[i];
    if (segment.p_type != PT_NOTE) continue;
    // The loader has mapped it and gives its address; there is no other way to find it.
    const char* notes =
        reinterpret_cast<const char*>(object.dlpi_addr + segment.p_vaddr);  // NOLINT
    std::string found = BuildIdInNotes({notes, segment.p_memsz});
    if (!found.empty()) return found;
  }
  return "";
}

/// Whether the program is linked with a library of this file name, or the kernel gives it.
bool IsNeeded(std::string_view name) {
  constexpr std::string_view kNeeded[] = {
      "linux-vdso", "linux-gate", "ld-linux", "ld64",    "ld.so",     "ld-",
      "libc.so",    "libc-",      "libm.",    "libm-",   "libstdc++", "libgcc_s",
      "libpthread", "librt",      "libdl",    "libasan", "libubsan"};
  return std::any_of(std::begin(kNeeded), std::end(kNeeded),
                     [&](std::string_view needed) { return name.starts_with(needed); });
}

int Visit(dl_phdr_info* object, std::size_t, void* data) {
  Search& search = *static_cast<Search*>(data);
  const std::string_view path = object->dlpi_name == nullptr ? "" : object->dlpi_name;
  if (path.empty() && search.program.empty()) search.program = BuildIdOf(*object);
  if (path.substr(path.rfind('/') + 1).starts_with(search.file_name)) {
    search.library = BuildIdOf(*object);
    return 1;
  }
  return 0;
}

}  // namespace

std::string BuildIdInNotes(std::string_view notes) {
  while (notes.size() >= sizeof(Elf64_Nhdr)) {
    Elf64_Nhdr header;  // the same in 32 and 64 bits
    std::memcpy(&header, notes.data(), sizeof(header));
    notes.remove_prefix(sizeof(header));
    const std::size_t name_size = Padded(header.n_namesz);
    if (name_size > notes.size() || header.n_descsz > notes.size() - name_size) return "";
    const bool gnu = notes.substr(0, header.n_namesz) == std::string_view("GNU", 4);
    const std::string_view contents = notes.substr(name_size, header.n_descsz);
    if (gnu && header.n_type == NT_GNU_BUILD_ID) {
      std::string id;
      for (const char byte : contents)
        id += fmt::format("{:02x}", static_cast<unsigned char>(byte));
      return id;
    }
    notes.remove_prefix(std::min(notes.size(), name_size + Padded(header.n_descsz)));
  }
  return "";
}

std::string BuildIdOfKernel() {
  std::ifstream in("/sys/kernel/notes", std::ios::binary);
  const std::string notes{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  return BuildIdInNotes(notes);
}

std::string BuildIdOfLibrary(std::string_view file_name) {
  Search search{file_name, "", ""};
  ::dl_iterate_phdr(&Visit, &search);
  return search.library.empty() ? search.program : search.library;
}

std::string ObjectsBesides() {
  std::string found;
  ::dl_iterate_phdr(
      [](dl_phdr_info* object, std::size_t, void* result) {
        std::string& list = *static_cast<std::string*>(result);
        const std::string_view path = object->dlpi_name == nullptr ? "" : object->dlpi_name;
        const std::string_view name = path.substr(path.rfind('/') + 1);
        if (name.empty() || IsNeeded(name)) return 0;
        const std::string id = BuildIdOf(*object);
        list += fmt::format("{}{}{}{}", list.empty() ? "" : ", ", name, id.empty() ? "" : " ", id);
        return 0;
      },
      &found);
  return found.empty() ? "none" : found;
}

bool IsStaticallyLinked() {
  bool is_static = true;
  // The first object is the program.
  ::dl_iterate_phdr(
      [](dl_phdr_info* program, std::size_t, void* result) {
        for (ElfW(Half) i = 0; i < program->dlpi_phnum; ++i) {
          if (program->dlpi_phdr[i].p_type == PT_DYNAMIC) *static_cast<bool*>(result) = false;
        }
        return 1;
      },
      &is_static);
  return is_static;
}

}  // namespace shmspec
