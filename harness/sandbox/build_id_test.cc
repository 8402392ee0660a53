// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/sandbox/build_id.h"

#include <elf.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <fstream>
#include <iterator>

#include "harness/sandbox/environment.h"

namespace shmspec {
namespace {

std::string Note(std::uint32_t type, std::string name, std::string contents) {
  const Elf64_Nhdr header{static_cast<Elf64_Word>(name.size()),
                          static_cast<Elf64_Word>(contents.size()), type};
  std::string note(sizeof(header), '\0');
  std::memcpy(note.data(), &header, sizeof(header));
  for (std::string* part : {&name, &contents}) {
    part->resize((part->size() + 3) & ~std::size_t{3});
    note += *part;
  }
  return note;
}

const std::string kGnu("GNU", 4);

TEST(BuildId, IsFoundAmongOtherNotes) {
  const std::string id("\x01\x23\xab\xff\x00", 5);
  const std::string notes = Note(NT_GNU_BUILD_ID, std::string("Xen", 4), "other") +
                            Note(NT_GNU_ABI_TAG, kGnu, "0123456789abcdef") +
                            Note(NT_GNU_BUILD_ID, kGnu, id);
  EXPECT_EQ(BuildIdInNotes(notes), "0123abff00");
  EXPECT_EQ(BuildIdInNotes(notes + "trailing bytes that are no note"), "0123abff00");
}

TEST(BuildId, IsEmptyWhereNotesAreMalformed) {
  EXPECT_EQ(BuildIdInNotes(""), "");
  const std::string note = Note(NT_GNU_BUILD_ID, kGnu, "12345678");
  for (std::size_t size = 0; size < note.size(); ++size) {
    EXPECT_EQ(BuildIdInNotes(std::string_view(note).substr(0, size)), "") << size;
  }
  std::string huge = note;
  huge.replace(4, 4, "\xff\xff\xff\xff");
  EXPECT_EQ(BuildIdInNotes(huge), "");
}

TEST(BuildId, OfALoadedLibraryIsTheOneInItsFile) {
  const std::string id = BuildIdOfLibrary("libc.so");
  ASSERT_THAT(id, testing::MatchesRegex("([0-9a-f][0-9a-f]){8,32}"));
  EXPECT_EQ(ValueOf(ReadEnvironment(), "libc.build_id"), id);
  EXPECT_NE(id, BuildIdOfLibrary("no library of that name")) << "that of this program";
  std::string file;
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    const std::size_t path = line.find('/');
    if (path != line.npos && line.find("/libc.so", path) != line.npos) file = line.substr(path);
  }
  if (file.empty()) GTEST_SKIP() << "the C library is not a file of its own here";
  std::ifstream in(file, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  std::string raw;
  for (std::size_t i = 0; i < id.size(); i += 2) {
    raw += static_cast<char>(std::stoi(id.substr(i, 2), nullptr, 16));
  }
  EXPECT_NE(bytes.find(raw), bytes.npos);
}

TEST(Linking, OfATestIsDynamic) { EXPECT_FALSE(IsStaticallyLinked()); }

}  // namespace
}  // namespace shmspec
