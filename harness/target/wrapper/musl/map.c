// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// mmap(2), mprotect(2) and so on of musl, and the mappings of this process.

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <unistd.h>

#include "adapter.h"

static const struct word protections[] = {
    {"read", PROT_READ}, {"write", PROT_WRITE}, {"exec", PROT_EXEC}, {NULL, 0}};
static const struct word map_flags[] = {{"shared", MAP_SHARED},
                                        {"private", MAP_PRIVATE},
                                        {"fixed", MAP_FIXED},
                                        {"anonymous", MAP_ANONYMOUS},
                                        {"locked", MAP_LOCKED},
                                        {"noreserve", MAP_NORESERVE},
                                        {"populate", MAP_POPULATE},
                                        {"hugetlb", MAP_HUGETLB},
                                        {"sync", MAP_SYNC},
                                        {"fixed_noreplace", MAP_FIXED_NOREPLACE},
                                        {NULL, 0}};
static const struct word sync_flags[] = {
    {"async", MS_ASYNC}, {"invalidate", MS_INVALIDATE}, {"sync", MS_SYNC}, {NULL, 0}};
static const struct word lock_flags[] = {
    {"current", MCL_CURRENT}, {"future", MCL_FUTURE}, {"on_fault", MCL_ONFAULT}, {NULL, 0}};
static const struct word advices[] = {{"dontneed", MADV_DONTNEED},
                                      {"remove", MADV_REMOVE},
                                      {"dontfork", MADV_DONTFORK},
                                      {"willneed", MADV_WILLNEED},
                                      {"free", MADV_FREE},
                                      {"wipeonfork", MADV_WIPEONFORK},
                                      {"dofork", MADV_DOFORK},
                                      {"keeponfork", MADV_KEEPONFORK},
                                      {NULL, 0}};

static void map(const struct step *step) {
  returned_address(mmap(address(step, "at"), number(step, "size"),
                        (int)words(step, "protection", protections),
                        (int)words(step, "flags", map_flags), descriptor(step, "descriptor"),
                        (off_t)number(step, "offset")));
}

static void map_private(const struct step *step) {
  void *at = address(step, "at");
  const int flags = MAP_PRIVATE | MAP_ANONYMOUS | (at != NULL ? MAP_FIXED : 0);
  returned_address(mmap(at, number(step, "size"), PROT_READ | PROT_WRITE, flags, -1, 0));
}

// At a multiple of SHMLBA: the parts before and behind it are unmapped.
static void reserve(const struct step *step) {
  const uintptr_t spare = SHMLBA - (uintptr_t)sysconf(_SC_PAGESIZE);
  const uint64_t size = number(step, "size");
  char *start =
      mmap(NULL, size + spare, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (start != MAP_FAILED && spare != 0) {
    const uintptr_t front = (0 - (uintptr_t)start) % SHMLBA;
    if (front != 0) munmap(start, front);
    if (front != spare) munmap(start + front + size, spare - front);
    start += front;
  }
  returned_address(start);
}

static void unmap(const struct step *step) {
  returned(munmap(address(step, "at"), number(step, "size")));
}

static void protect(const struct step *step) {
  returned(mprotect(address(step, "at"), number(step, "size"),
                    (int)words(step, "protection", protections)));
}

static void remap(const struct step *step) {
  void *to = address(step, "to");
  const int flags = MREMAP_MAYMOVE | (to != NULL ? MREMAP_FIXED : 0);
  returned_address(
      mremap(address(step, "at"), number(step, "size"), number(step, "new_size"), flags, to));
}

static void advise(const struct step *step) {
  returned(madvise(address(step, "at"), number(step, "size"), (int)words(step, "advice", advices)));
}

static void sync_mapping(const struct step *step) {
  returned(msync(address(step, "at"), number(step, "size"), (int)words(step, "flags", sync_flags)));
}

static void lock(const struct step *step) {
  returned(mlock(address(step, "at"), number(step, "size")));
}

static void unlock(const struct step *step) {
  returned(munlock(address(step, "at"), number(step, "size")));
}

static void lock_all(const struct step *step) {
  returned(mlockall((int)words(step, "flags", lock_flags)));
}

static void unlock_all(const struct step *step) {
  (void)step;
  returned(munlockall());
}

static void reopen(const struct step *step) {
  const uintptr_t start = (uintptr_t)address(step, "at");
  char path[96], unused[8];
  snprintf(path, sizeof(path), "/proc/self/map_files/%" PRIxPTR "-%" PRIxPTR, start,
           start + (uintptr_t)number(step, "size"));
  if (readlink(path, unused, sizeof(unused)) < 0) {
    const int error = errno;
    if (error == ENOENT && access("/proc/self/map_files", F_OK) != 0) {
      lacking("this system has no /proc/self/map_files");
    }
    failure(error);
    return;
  }
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    failure(errno);
    return;
  }
  close(file);
  value(0);
}

// The lines of /proc/self/maps with that address, or those of segments when `segments`.
static void list_mappings(bool segments, uintptr_t named) {
  FILE *file = fopen("/proc/self/maps", "re");
  if (file == NULL) lacking("no /proc/self/maps: %s", error_name(errno));
  static char row[8192];
  const char *separator = "";
  record("mappings{rows=[");
  while (fgets(row, sizeof(row), file) != NULL) {
    uintptr_t start = 0, end = 0;
    uint64_t offset = 0, inode = 0;
    char rights[5] = "";
    int name = 0;
    row[strcspn(row, "\n")] = '\0';
    if (sscanf(row, "%" SCNxPTR "-%" SCNxPTR " %4s %" SCNx64 " %*s %" SCNu64 " %n", &start, &end,
               rights, &offset, &inode, &name) != 5 ||
        name == 0) {
      continue;
    }
    const bool wanted =
        segments ? strncmp(row + name, "/SYSV", 5) == 0 : start <= named && named < end;
    if (!wanted) continue;
    const char *const bits[] = {rights[0] == 'r' ? "read" : "", rights[1] == 'w' ? "write" : "",
                                rights[2] == 'x' ? "exec" : ""};
    record("%smapping{at=%" PRIdPTR " size=%" PRIuPTR " protection=", separator, (intptr_t)start,
           end - start);
    const char *between = "";
    for (int i = 0; i < 3; ++i) {
      if (bits[i][0] == '\0') continue;
      record("%s%s", between, bits[i]);
      between = "|";
    }
    record("%s shared=%s offset=%" PRId64 " id=%" PRId64 " name=", between[0] == '\0' ? "none" : "",
           rights[3] == 's' ? "true" : "false", (int64_t)offset, (int64_t)inode);
    record_text(row + name);
    record("}");
    separator = " ";
  }
  fclose(file);
  record("]}");
}

static void layout(const struct step *step) {
  (void)step;
  list_mappings(true, 0);
}

static void show(const struct step *step) { list_mappings(false, (uintptr_t)address(step, "at")); }

// Not here: map.seal, since this musl has no mseal(2).
const struct operation map_operations[] = {
    {"map.map", map},           {"map.private", map_private},
    {"map.reserve", reserve},   {"map.unmap", unmap},
    {"map.protect", protect},   {"map.remap", remap},
    {"map.advise", advise},     {"map.sync", sync_mapping},
    {"map.lock", lock},         {"map.unlock", unlock},
    {"map.lock_all", lock_all}, {"map.unlock_all", unlock_all},
    {"map.reopen", reopen},     {"map.layout", layout},
    {"map.show", show},         {NULL, NULL}};
