// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// shm_open(3), memfd_create(2), open files and descriptors by musl.

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "adapter.h"

// ---- names in /dev/shm

static const struct word open_flags[] = {
    {"write_only", O_WRONLY}, {"read_write", O_RDWR}, {"create", O_CREAT},    {"exclusive", O_EXCL},
    {"truncate", O_TRUNC},    {"append", O_APPEND},   {"cloexec", O_CLOEXEC}, {NULL, 0}};

static void open_object(const struct step *step) {
  const int flags = (int)words(step, "flags", open_flags);
  if ((flags & ~(O_WRONLY | O_RDWR | O_CREAT | O_EXCL | O_TRUNC | O_APPEND)) != 0) {
    lacking("objects are opened with the flags of shm_open(3) alone");
  }
  returned(shm_open(text(step, "name"), flags, (mode_t)number(step, "mode")));
}

static void unlink_object(const struct step *step) { returned(shm_unlink(text(step, "name"))); }

// For what musl has no function by name: the path. A name that leads elsewhere is refused.
static const char *path_of(const char *name, char *path, size_t size) {
  const char *plain = name + strspn(name, "/");
  if (*plain == '\0' || strchr(plain, '/') != NULL || strcmp(plain, ".") == 0 ||
      strcmp(plain, "..") == 0) {
    lacking("this name does not stay in /dev/shm");
  }
  if ((size_t)snprintf(path, size, "/dev/shm/%s", plain) >= size) lacking("a name this long");
  return path;
}

static void link_object(const struct step *step) {
  static char from[8192], to[8192];
  returned(link(path_of(text(step, "name"), from, sizeof(from)),
                path_of(text(step, "to"), to, sizeof(to))));
}

static void plant_link(const struct step *step) {
  static char path[8192], unused[8192];
  const char *target = text(step, "target");
  path_of(target, unused, sizeof(unused));
  if (target[0] == '/') lacking("this name does not stay in /dev/shm");
  returned(symlink(target, path_of(text(step, "name"), path, sizeof(path))));
}

// ---- files

static void truncate_file(const struct step *step) {
  returned(ftruncate(descriptor(step, "descriptor"), (off_t)number(step, "size")));
}

static void stat_file(const struct step *step) {
  struct stat seen;
  if (fstat(descriptor(step, "descriptor"), &seen) != 0) {
    failure(errno);
    return;
  }
  record("file{mode=%#o uid=%u gid=%u links=%lu size=%lld blocks=%lld mtime=%lld}", seen.st_mode,
         seen.st_uid, seen.st_gid, (unsigned long)seen.st_nlink, (long long)seen.st_size,
         (long long)seen.st_blocks, (long long)seen.st_mtime);
}

static void stat_file_system(const struct step *step) {
  struct statfs seen;
  if (fstatfs(descriptor(step, "descriptor"), &seen) != 0) {
    failure(errno);
    return;
  }
  record("file_system{type=%lld block_size=%lld blocks=%lld blocks_free=%lld inodes=%lld",
         (long long)seen.f_type, (long long)seen.f_bsize, (long long)seen.f_blocks,
         (long long)seen.f_bfree, (long long)seen.f_files);
  record(" inodes_free=%lld}", (long long)seen.f_ffree);
}

static void change_mode(const struct step *step) {
  returned(fchmod(descriptor(step, "descriptor"), (mode_t)number(step, "mode")));
}

static void change_owner(const struct step *step) {
  returned(fchown(descriptor(step, "descriptor"), (uid_t)number(step, "uid"),
                  (gid_t)number(step, "gid")));
}

static void read_file(const struct step *step) {
  returned(read(descriptor(step, "descriptor"), address(step, "at"), number(step, "size")));
}

static void write_file(const struct step *step) {
  returned(write(descriptor(step, "descriptor"), address(step, "at"), number(step, "size")));
}

static void read_at(const struct step *step) {
  returned(pread(descriptor(step, "descriptor"), address(step, "at"), number(step, "size"),
                 (off_t)number(step, "offset")));
}

static void write_at(const struct step *step) {
  returned(pwrite(descriptor(step, "descriptor"), address(step, "at"), number(step, "size"),
                  (off_t)number(step, "offset")));
}

static void seek(const struct step *step) {
  static const struct word places[] = {{"set", SEEK_SET},   {"current", SEEK_CUR},
                                       {"end", SEEK_END},   {"data", SEEK_DATA},
                                       {"hole", SEEK_HOLE}, {NULL, 0}};
  returned(lseek(descriptor(step, "descriptor"), (off_t)number(step, "offset"),
                 (int)words(step, "whence", places)));
}

static void allocate(const struct step *step) {
  static const struct word modes[] = {{"keep_size", FALLOC_FL_KEEP_SIZE},
                                      {"punch_hole", FALLOC_FL_PUNCH_HOLE},
                                      {"collapse_range", 8},  // musl names only the first two
                                      {"zero_range", 16},
                                      {"insert_range", 32},
                                      {"unshare_range", 64},
                                      {NULL, 0}};
  returned(fallocate(descriptor(step, "descriptor"), (int)words(step, "mode", modes),
                     (off_t)number(step, "offset"), (off_t)number(step, "size")));
}

static void sync_file(const struct step *step) {
  const int file = descriptor(step, "descriptor");
  returned(is_true(step, "data_only") ? fdatasync(file) : fsync(file));
}

// ---- access control lists, as linux/posix_acl_xattr.h has them: little endian

#define ACL_ATTRIBUTE "system.posix_acl_access"

enum { ACL_VERSION = 2, MOST_ENTRIES = 6 };
enum tag { OWNER = 0x01, USER = 0x02, GROUP = 0x04, NAMED_GROUP = 0x08, MASK = 0x10, OTHER = 0x20 };
static const uint32_t no_entry = 0xffffffff;

struct entry {
  uint16_t tag, bits;
  uint32_t id;
};

struct list {
  uint32_t version;
  struct entry entries[MOST_ENTRIES];
};

static void add_entry(struct list *list, size_t *count, enum tag tag, uint64_t bits, uint64_t id) {
  list->entries[(*count)++] =
      (struct entry){htole16((uint16_t)tag), htole16((uint16_t)bits), htole32((uint32_t)id)};
}

static void set_acl(const struct step *step) {
  struct list list = {.version = htole32(ACL_VERSION)};
  size_t count = 0;
  const uint64_t user = number(step, "user"), group = number(step, "named_group");
  add_entry(&list, &count, OWNER, number(step, "owner"), no_entry);
  if (user != no_entry) add_entry(&list, &count, USER, number(step, "user_bits"), user);
  add_entry(&list, &count, GROUP, number(step, "group"), no_entry);
  if (group != no_entry) {
    add_entry(&list, &count, NAMED_GROUP, number(step, "named_group_bits"), group);
  }
  const int64_t mask = (int64_t)number(step, "mask");
  if (mask != -1) add_entry(&list, &count, MASK, (uint64_t)mask, no_entry);
  add_entry(&list, &count, OTHER, number(step, "other"), no_entry);
  returned(fsetxattr(descriptor(step, "descriptor"), ACL_ATTRIBUTE, &list,
                     offsetof(struct list, entries) + count * sizeof(struct entry), 0));
}

static void get_acl(const struct step *step) {
  struct list list;
  const ssize_t size =
      fgetxattr(descriptor(step, "descriptor"), ACL_ATTRIBUTE, &list, sizeof(list));
  if (size < 0) {
    failure(errno);
    return;
  }
  int owner = 0, user_bits = 0, group = 0, named_group_bits = 0, mask = -1, other = 0;
  uint32_t user = no_entry, named_group = no_entry;
  const size_t count = ((size_t)size - offsetof(struct list, entries)) / sizeof(struct entry);
  for (size_t i = 0; i < count; ++i) {
    const struct entry *entry = &list.entries[i];
    const int bits = le16toh(entry->bits), tag = le16toh(entry->tag);
    if (tag == OWNER) owner = bits;
    if (tag == USER) user = le32toh(entry->id), user_bits = bits;
    if (tag == GROUP) group = bits;
    if (tag == NAMED_GROUP) named_group = le32toh(entry->id), named_group_bits = bits;
    if (tag == MASK) mask = bits;
    if (tag == OTHER) other = bits;
  }
  record("acl{owner=%d user=%u user_bits=%d group=%d named_group=%u named_group_bits=%d", owner,
         user, user_bits, group, named_group, named_group_bits);
  record(" mask=%d other=%d}", mask, other);
}

// ---- descriptors

static void duplicate(const struct step *step) { returned(dup(descriptor(step, "descriptor"))); }

static void close_file(const struct step *step) { returned(close(descriptor(step, "descriptor"))); }

static void set_close_on_exec(const struct step *step) {
  const int flags = is_true(step, "on") ? FD_CLOEXEC : 0;
  returned(fcntl(descriptor(step, "descriptor"), F_SETFD, flags));
}

static void get_close_on_exec(const struct step *step) {
  returned(fcntl(descriptor(step, "descriptor"), F_GETFD));
}

static void open_socket(const struct step *step) {
  (void)step;
  returned(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
}

// ---- memfd

static const struct word seals[] = {{"seal", F_SEAL_SEAL},
                                    {"shrink", F_SEAL_SHRINK},
                                    {"grow", F_SEAL_GROW},
                                    {"write", F_SEAL_WRITE},
                                    {"future_write", F_SEAL_FUTURE_WRITE},
                                    {"exec", 0x20},
                                    {NULL, 0}};

static void create_memfd(const struct step *step) {
  static const struct word flags[] = {{"cloexec", MFD_CLOEXEC},
                                      {"allow_sealing", MFD_ALLOW_SEALING},
                                      {"hugetlb", MFD_HUGETLB},
                                      {"noexec_seal", 8},
                                      {"exec", 16},
                                      {NULL, 0}};
  const char *name = text(step, "name");
  const char *pointer = text(step, "pointer");
  const unsigned bits = (unsigned)words(step, "flags", flags);
  if (strcmp(pointer, "valid") == 0 || strcmp(pointer, "null") == 0) {
    returned(memfd_create(strcmp(pointer, "null") == 0 ? NULL : name, bits));
    return;
  }
  // A name that cannot be read, or not be written, is in a page of its own.
  const size_t size = strlen(name) + 1;
  char *page = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) lacking("no page for a name");
  memcpy(page, name, size);
  mprotect(page, size, strcmp(pointer, "wild") == 0 ? PROT_NONE : PROT_READ);
  returned(memfd_create(page, bits));
  munmap(page, size);
}

static void add_seals(const struct step *step) {
  returned(fcntl(descriptor(step, "descriptor"), F_ADD_SEALS, words(step, "seals", seals)));
}

static void get_seals(const struct step *step) {
  returned(fcntl(descriptor(step, "descriptor"), F_GET_SEALS));
}

enum { ENTRY_BYTES = 32 };

static const char *entry_of(const struct step *step, char entry[static ENTRY_BYTES]) {
  snprintf(entry, ENTRY_BYTES, "/proc/self/fd/%d", descriptor(step, "descriptor"));
  if (access("/proc/self/fd", F_OK) != 0) lacking("this system has no /proc/self/fd");
  return entry;
}

static void reopen(const struct step *step) {
  char entry[ENTRY_BYTES];
  returned(open(entry_of(step, entry), (int)words(step, "flags", open_flags)));
}

static void shows_name(const struct step *step) {
  char entry[ENTRY_BYTES], shown[512], expected[512];
  const ssize_t size = readlink(entry_of(step, entry), shown, sizeof(shown));
  if (size < 0) {
    failure(errno);
    return;
  }
  const int length =
      snprintf(expected, sizeof(expected), "/memfd:%s (deleted)", text(step, "name"));
  value(length == size && memcmp(shown, expected, (size_t)size) == 0);
}

static void link_memfd(const struct step *step) {
  char entry[ENTRY_BYTES], name[64];
  snprintf(name, sizeof(name), "%s/shmspec-link-%d",
           access("/dev/shm", F_OK) == 0 ? "/dev/shm" : "/tmp", getpid());
  const int linked = linkat(AT_FDCWD, entry_of(step, entry), AT_FDCWD, name, AT_SYMLINK_FOLLOW);
  returned(linked);
  if (linked == 0) unlink(name);
}

static void get_noexec(const struct step *step) {
  (void)step;
  char digits[32] = "";
  const int file = open("/proc/sys/vm/memfd_noexec", O_RDONLY | O_CLOEXEC);
  if (file < 0 || read(file, digits, sizeof(digits) - 1) < 0) {
    failure(errno);
  } else {
    value(strtoll(digits, NULL, 10));
  }
  if (file >= 0) close(file);
}

// Not here: descriptor.send, receive, discard and get_from, which need another actor, and
// memfd.set_noexec, which is for a pid namespace of a case.
const struct operation file_operations[] = {{"posix.open", open_object},
                                            {"posix.unlink", unlink_object},
                                            {"posix.link", link_object},
                                            {"posix.plant_link", plant_link},
                                            {"file.truncate", truncate_file},
                                            {"file.stat", stat_file},
                                            {"file.statfs", stat_file_system},
                                            {"file.chmod", change_mode},
                                            {"file.chown", change_owner},
                                            {"file.read", read_file},
                                            {"file.write", write_file},
                                            {"file.pread", read_at},
                                            {"file.pwrite", write_at},
                                            {"file.seek", seek},
                                            {"file.allocate", allocate},
                                            {"file.sync", sync_file},
                                            {"file.set_acl", set_acl},
                                            {"file.get_acl", get_acl},
                                            {"descriptor.dup", duplicate},
                                            {"descriptor.close", close_file},
                                            {"descriptor.set_close_on_exec", set_close_on_exec},
                                            {"descriptor.get_close_on_exec", get_close_on_exec},
                                            {"descriptor.open_socket", open_socket},
                                            {"memfd.create", create_memfd},
                                            {"memfd.add_seals", add_seals},
                                            {"memfd.get_seals", get_seals},
                                            {"memfd.reopen", reopen},
                                            {"memfd.shows_name", shows_name},
                                            {"memfd.link", link_memfd},
                                            {"memfd.get_noexec", get_noexec},
                                            {NULL, NULL}};
