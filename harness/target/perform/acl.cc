// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Access control lists as the kernel takes them: linux/posix_acl_xattr.h.

#include "harness/target/perform/acl.h"

#include <endian.h>

#include <array>
#include <cstddef>
#include <cstring>
#include <vector>

#include "harness/target/perform/families.h"

namespace shmspec::perform {
namespace {

constexpr const char* kAttribute = "system.posix_acl_access";
constexpr std::uint32_t kVersion = 2;

enum Tag : std::uint16_t {
  kUserObject = 0x01,
  kUser = 0x02,
  kGroupObject = 0x04,
  kGroup = 0x08,
  kMask = 0x10,
  kOther = 0x20
};

/// In the byte order of the format, which is little endian.
struct Entry {
  std::uint16_t tag = 0;
  std::uint16_t bits = 0;
  std::uint32_t id = 0;
};
static_assert(sizeof(Entry) == 8);

Entry EntryOf(Tag tag, std::int32_t bits, std::uint32_t id = kNoEntry) {
  return {htole16(tag), htole16(static_cast<std::uint16_t>(bits)), htole32(id)};
}

/// The entries in the order that the kernel demands.
std::vector<Entry> EntriesOf(const FileSetAcl& op) {
  std::vector<Entry> entries{EntryOf(kUserObject, op.owner)};
  if (op.user.number != kNoEntry) entries.push_back(EntryOf(kUser, op.user_bits, op.user.number));
  entries.push_back(EntryOf(kGroupObject, op.group));
  if (op.named_group.number != kNoEntry) {
    entries.push_back(EntryOf(kGroup, op.named_group_bits, op.named_group.number));
  }
  if (op.mask != -1) entries.push_back(EntryOf(kMask, op.mask));
  entries.push_back(EntryOf(kOther, op.other));
  return entries;
}

void Read(const Entry& entry, AclRecord& record) {
  const std::int64_t bits = le16toh(entry.bits);
  switch (le16toh(entry.tag)) {
    case kUserObject:
      record.owner = bits;
      return;
    case kUser:
      record.user = static_cast<std::int64_t>(le32toh(entry.id));
      record.user_bits = bits;
      return;
    case kGroupObject:
      record.group = bits;
      return;
    case kGroup:
      record.named_group = static_cast<std::int64_t>(le32toh(entry.id));
      record.named_group_bits = bits;
      return;
    case kMask:
      record.mask = bits;
      return;
    case kOther:
      record.other = bits;
      return;
    default:
      return;
  }
}

}  // namespace

std::vector<std::byte> ValueOfAcl(const FileSetAcl& list) {
  const std::vector<Entry> entries = EntriesOf(list);
  std::vector<std::byte> value(sizeof(kVersion) + entries.size() * sizeof(Entry));
  const std::uint32_t version = htole32(kVersion);
  std::memcpy(value.data(), &version, sizeof(version));
  std::memcpy(value.data() + sizeof(version), entries.data(), entries.size() * sizeof(Entry));
  return value;
}

Outcome Do(const FileSetAcl& op, Context& context) {
  const std::vector<std::byte> value = ValueOfAcl(op);
  return Returned(context.file().set_attribute(context.FileOf(op.descriptor), kAttribute,
                                               value.data(), value.size()));
}

Outcome Do(const FileGetAcl& op, Context& context) {
  std::array<std::byte, 256> value;
  const CallResult got = context.file().get_attribute(context.FileOf(op.descriptor), kAttribute,
                                                      value.data(), value.size());
  if (got.lacking != nullptr || got.value == -1) return Returned(got);
  AclRecord record;
  const auto size = static_cast<std::size_t>(got.value);
  for (std::size_t at = sizeof(kVersion); at + sizeof(Entry) <= size; at += sizeof(Entry)) {
    Entry entry;
    std::memcpy(&entry, value.data() + at, sizeof(entry));
    Read(entry, record);
  }
  return record;
}

}  // namespace shmspec::perform
