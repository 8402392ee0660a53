// SPDX-License-Identifier: MIT-0
// An adapter for shmspec in one file, for C and C++: copy it and put your library's calls into the
// functions under THE LIBRARY. Here they are those of shm_open(3). PROTOCOL.md has the rest.
//   cc -o my_adapter template.c -lrt && shmspec adapter check ./my_adapter
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
static char line[65536 + 1], number[32], handle[32], operation[64];
static struct object { int id; char* start; size_t size; } objects[26][256];  // by handle

// The word behind ` key=`; an empty one when there is none.
static const char* word(const char* key) {
  char wanted[64];
  snprintf(wanted, sizeof wanted, " %s=", key);
  const char* found = strstr(line, wanted);
  return found ? found + strlen(wanted) : "";
}
static uint64_t value(const char* key) { return strtoull(word(key), NULL, 0); }

// The object that a word such as g0 or a0+8 names, and the offset behind it.
static struct object* object(const char* text, long long* offset) {
  char* rest = line;
  unsigned long index = *text ? strtoul(text + 1, &rest, 10) : 0;
  *offset = atoll(rest);
  return &objects[*text ? (*text - 'a') & 15 : 15][index & 255];
}

// The name, with the slash that shm_open asks for.
static const char* name(void) {
  static char path[4096];
  const char* text = strchr(word("name"), '"');
  if (text) snprintf(path, sizeof path, "/%.*s", (int)strcspn(text + 1, "\""), text + 1);
  return path;
}

static void answer(long long result) { printf("%s -> %lld\n", number, result); }
static void fail(void) {
  const char* error = errno == EEXIST ? "EEXIST" : errno == ENOENT ? "ENOENT" :
                      errno == EACCES ? "EACCES" : errno == EINVAL ? "EINVAL" :
                      errno == ENOMEM ? "ENOMEM" : errno == ENOSPC ? "ENOSPC" : "fails";
  printf("%s -> %s \"%s\"\n", number, error, strerror(errno));
}
static void check(int result) { result == 0 ? answer(0) : fail(); }

// THE LIBRARY
static void create(struct object* made) {
  made->id = shm_open(name(), O_RDWR | O_CREAT | O_EXCL, *word("mode") ? value("mode") : 0600);
  if (made->id < 0) return fail();
  int failed = ftruncate(made->id, (off_t)value("size")), error = errno;
  if (failed) shm_unlink(name());
  errno = error;
  check(failed);
}
static void attach(struct object* made, struct object* segment) {
  struct stat status;
  if (fstat(segment->id, &status) != 0) return fail();
  made->size = (size_t)status.st_size;
  made->start = (char*)mmap(NULL, made->size, PROT_READ | PROT_WRITE, MAP_SHARED, segment->id, 0);
  check(made->start == MAP_FAILED);
}
static void perform(struct object* made) {
  long long offset = 0;
  struct object* at = object(*word("at") ? word("at") : word("segment"), &offset);
  uint64_t bytes = 0;
  struct stat status;
  if (*word("read_only") == 't') strcpy(operation, "read_only");  // lacking: a store would end us
  if (!strcmp(operation, "segment.create")) return create(made);
  if (!strcmp(operation, "segment.attach")) return attach(made, at);
  if (!strcmp(operation, "segment.open")) return check((made->id = shm_open(name(), O_RDWR, 0)) < 0);
  if (!strcmp(operation, "segment.size")) return fstat(at->id, &status) ? fail() : answer(status.st_size);
  if (!strcmp(operation, "segment.detach")) return check(munmap(at->start, at->size));
  if (!strcmp(operation, "segment.close")) return check(close(at->id));
  if (!strcmp(operation, "segment.remove")) return check(shm_unlink(name()));
  if (!strcmp(operation, "memory.load")) memcpy(&bytes, at->start + offset, value("width"));
  if (!strcmp(operation, "memory.load")) return answer((long long)bytes);
  bytes = value("value");
  if (!strcmp(operation, "memory.store")) memcpy(at->start + offset, &bytes, value("width"));
  if (!strcmp(operation, "memory.store")) return answer(0);
  printf("%s -> lacking \"%s\"\n", number, operation);
}

int main(void) {
  long long none = 0;
  if (!fgets(line, sizeof line, stdin) || strcmp(line, "shmspec-adapter 1\n") != 0) return 1;
  puts("adapter library=\"mine\" version=\"1.0\" offers=segment,memory");
  while (fflush(stdout) == 0 && fgets(line, sizeof line, stdin)) {
    *handle = '\0';
    if (sscanf(line, "%31s %31s = %63s", number, handle, operation) < 3) *handle = '\0';
    if (!*handle) sscanf(line, "%31s %63s", number, operation);
    if (!strcmp(operation, "process.exit")) return (int)value("code");
    perform(object(handle, &none));
  }
  return 0;
}
