// SPDX-License-Identifier: Apache-2.0 OR MIT
// Segments made of shm_open, ftruncate and mmap, as their manual pages say: the reference for what
// a library on top of them is expected to do.
#include "shmspec_adapter.h"
// The line above comes first.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#ifdef __GLIBC__
#include <gnu/libc-version.h>
#else
#define gnu_get_libc_version() "POSIX.1-2008"
#endif

// The name with the leading slash that shm_open asks for.
static const char* path(const shmspec_step* step) {
  static char text[SHMSPEC_LINE + 1];
  snprintf(text, sizeof text, "/%s", shmspec_text(step, "name"));
  return text;
}

// Answers a call that returned 0 or -1.
static int answer(const shmspec_step* step, int result) {
  return result == 0 ? shmspec_answer_number(step, 0) : shmspec_answer_errno(step, errno);
}

// Keeps what shm_open returned as what the handle stands for.
static int keep(const shmspec_step* step, int descriptor) {
  step->made->id = descriptor;
  return answer(step, descriptor == -1 ? -1 : 0);
}

// The descriptor of a new segment of the size asked for, or -1. If the size cannot be set, the name
// is removed again: O_EXCL has shown that it is ours, and nobody can use an empty segment. A size
// above 2^63-1 is negative as an off_t, which ftruncate refuses.
static int make(const shmspec_step* step) {
  mode_t mode = shmspec_has(step, "mode") ? (mode_t)shmspec_number(step, "mode") : 0600;
  int descriptor = shm_open(path(step), O_RDWR | O_CREAT | O_EXCL, mode);
  if (descriptor == -1) return -1;
  if (ftruncate(descriptor, (off_t)shmspec_number(step, "size")) == 0) return descriptor;
  int error = errno;
  shm_unlink(path(step));
  close(descriptor);
  errno = error;
  return -1;
}

static int create(shmspec_step* step) { return keep(step, make(step)); }

static int open_existing(shmspec_step* step) {
  return keep(step, shm_open(path(step), shmspec_flag(step, "read_only") ? O_RDONLY : O_RDWR, 0));
}

// Makes the segment or opens it. If it is removed between the two, it is made after all. The size
// of one that exists is left alone.
static int open_or_create(shmspec_step* step) {
  int descriptor = -1;
  do {
    descriptor = make(step);
    if (descriptor == -1 && errno == EEXIST) descriptor = shm_open(path(step), O_RDWR, 0);
  } while (descriptor == -1 && errno == ENOENT);
  return keep(step, descriptor);
}

static int size(shmspec_step* step) {
  struct stat status;
  if (fstat((int)shmspec_get(step, "segment")->id, &status) == -1)
    return shmspec_answer_errno(step, errno);
  return shmspec_answer_number(step, status.st_size);
}

static int resize(shmspec_step* step) {
  off_t length = (off_t)shmspec_number(step, "size");
  return answer(step, ftruncate((int)shmspec_get(step, "segment")->id, length));
}

// Maps the size that the segment has now. One that is empty, because its creator has not come to
// ftruncate or never will, is refused by mmap (EINVAL).
static int attach(shmspec_step* step) {
  struct stat status;
  int descriptor = (int)shmspec_get(step, "segment")->id;
  if (fstat(descriptor, &status) == -1) return shmspec_answer_errno(step, errno);
  int access = shmspec_flag(step, "read_only") ? PROT_READ : PROT_READ | PROT_WRITE;
  void* pointer = mmap(NULL, (size_t)status.st_size, access, MAP_SHARED, descriptor, 0);
  if (pointer == MAP_FAILED) return shmspec_answer_errno(step, errno);
  step->made->pointer = pointer;
  step->made->size = (size_t)status.st_size;
  return shmspec_answer_number(step, 0);
}

static int detach(shmspec_step* step) {
  return answer(step, munmap(shmspec_place(step, "at"), shmspec_get(step, "at")->size));
}

// Closes the descriptor; what is attached stays so.
static int close_segment(shmspec_step* step) {
  return answer(step, close((int)shmspec_get(step, "segment")->id));
}

// Removes the name; who has the segment open or attached keeps it.
static int remove_segment(shmspec_step* step) { return answer(step, shm_unlink(path(step))); }

static const shmspec_operation kOperations[] = {
    {"segment.create", create},
    {"segment.open", open_existing},
    {"segment.open_or_create", open_or_create},
    {"segment.size", size},
    {"segment.resize", resize},
    {"segment.attach", attach},
    {"segment.detach", detach},
    {"segment.close", close_segment},
    {"segment.remove", remove_segment},
    {"memory.load", shmspec_memory},
    {"memory.store", shmspec_memory},
    {NULL, NULL},
};

int main(void) {
  return shmspec_run("posix-c", gnu_get_libc_version(), "segment,memory", kOperations);
}
