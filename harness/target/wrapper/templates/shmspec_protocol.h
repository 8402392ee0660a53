// SPDX-License-Identifier: MIT-0
// What adapters in C (shmspec_adapter.h) and in C++ (shmspec_adapter.hpp) share: the words of a
// line (PROTOCOL.md), memory accesses that may fault, the names of errno. It comes before other
// headers.
#pragma once
#ifndef _GNU_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SHMSPEC_LINE = 65536 };  // the longest line in bytes, with its newline

// What is behind ` key=` in the fields, up to the end of the line; empty if there is no such field.
static inline const char* shmspec_find(const char* fields, const char* key) {
  size_t length = strlen(key);
  bool quoted = false;
  for (const char* at = fields; *at; at += *at == '\\' && at[1] ? 2 : 1) {
    if (*at == '"') quoted = !quoted;
    if (!quoted && *at == ' ' && !strncmp(at + 1, key, length) && at[length + 1] == '=')
      return at + length + 2;
  }
  return "";
}

// The text in double quotes at `word`, kept until the next call.
static inline const char* shmspec_unquote(const char* word) {
  static char text[SHMSPEC_LINE];
  char* to = text;
  for (unsigned byte; *word && *++word && *word != '"'; *to++ = (char)byte) {
    bool escape = *word == '\\' && word[1] && *++word;
    if (escape && sscanf(word, "x%2x", &byte) == 1)
      word += 2;
    else
      byte = escape && *word == 'n' ? '\n' : (unsigned char)*word;
  }
  *to = '\0';
  return text;
}

// Writes an answer of two words: a head such as EEXIST, lacking or fails, and text in quotes.
static inline int shmspec_write(const char* number, const char* head, const char* text) {
  printf("%s -> %s \"", number, head);
  for (; *text; text++) printf(strchr("\"\\\n", *text) ? "\\x%02x" : "%c", (unsigned char)*text);
  return puts("\"");
}

// Writes an answer that is a number.
static inline int shmspec_write_number(const char* number, int64_t value) {
  return printf("%s -> %lld\n", number, (long long)value);
}

static sigjmp_buf shmspec_fault;
static inline void shmspec_on_fault(int number) { siglongjmp(shmspec_fault, number); }

// Reads or writes `width` bytes (1, 2, 4 or 8) at an address. Returns NULL, or an answer: the
// signal that the access raised. The fences make it seq_cst, which is enough for every order.
static inline const char* shmspec_access(void* at, uint64_t width, bool store, uint64_t* value) {
#define SHMSPEC_ACCESS(type) \
  (store ? (void)(*(volatile type*)at = (type)*value) : (void)(*value = *(volatile type*)at))
  void (*bus)(int) = signal(SIGBUS, shmspec_on_fault);
  void (*segv)(int) = signal(SIGSEGV, shmspec_on_fault);
  int fault = sigsetjmp(shmspec_fault, 1);
  __atomic_thread_fence(__ATOMIC_SEQ_CST);
  if (fault == 0 && width == 1) SHMSPEC_ACCESS(uint8_t);
  if (fault == 0 && width == 2) SHMSPEC_ACCESS(uint16_t);
  if (fault == 0 && width == 4) SHMSPEC_ACCESS(uint32_t);
  if (fault == 0 && width == 8) SHMSPEC_ACCESS(uint64_t);
  __atomic_thread_fence(__ATOMIC_SEQ_CST);
  signal(SIGBUS, bus);
  signal(SIGSEGV, segv);
  if (fault != 0) return fault == SIGBUS ? "fault{signal=SIGBUS}" : "fault{signal=SIGSEGV}";
  return width == 1 || width == 2 || width == 4 || width == 8
             ? NULL
             : "lacking \"an access of this width\"";
}

// The name of an errno; fails for one that has no name here.
static inline const char* shmspec_errno_name(int error) {
#define SHMSPEC_IS(name) \
  if (error == name) return #name;
  // clang-format off
  SHMSPEC_IS(EACCES) SHMSPEC_IS(EAGAIN) SHMSPEC_IS(EBADF) SHMSPEC_IS(EBUSY)
  SHMSPEC_IS(EDEADLK) SHMSPEC_IS(EEXIST) SHMSPEC_IS(EFAULT) SHMSPEC_IS(EFBIG)
  SHMSPEC_IS(EIDRM) SHMSPEC_IS(EINTR) SHMSPEC_IS(EINVAL) SHMSPEC_IS(EIO)
  SHMSPEC_IS(EISDIR) SHMSPEC_IS(ELOOP) SHMSPEC_IS(EMFILE) SHMSPEC_IS(ENAMETOOLONG)
  SHMSPEC_IS(ENFILE) SHMSPEC_IS(ENODEV) SHMSPEC_IS(ENOENT) SHMSPEC_IS(ENOMEM)
  SHMSPEC_IS(ENOSPC) SHMSPEC_IS(ENOSYS) SHMSPEC_IS(ENOTDIR) SHMSPEC_IS(ENOTSUP)
  SHMSPEC_IS(ENXIO) SHMSPEC_IS(EOVERFLOW) SHMSPEC_IS(EPERM) SHMSPEC_IS(EROFS)
  SHMSPEC_IS(ETIMEDOUT) SHMSPEC_IS(ETXTBSY)
      // clang-format on
      return "fails";
}

static int shmspec_code;  // what main returns

// Ends the process as the step process.exit asks, or has main return.
static inline void shmspec_end(const char* fields) {
  shmspec_code = atoi(shmspec_find(fields, "code"));
  if (*shmspec_find(fields, "how") == '_') _exit(shmspec_code);
  if (*shmspec_find(fields, "how") == 'a') abort();
}

// Answers the first line. Returns whether it asks for the version that is spoken here.
static inline bool shmspec_greet(const char* library, const char* version, const char* offers) {
  int spoken = 0;
  if (scanf("shmspec-adapter %d", &spoken) == 1 && spoken == 1 && getchar() == '\n')
    return printf("adapter library=\"%s\" version=\"%s\" offers=%s\n", library, version, offers) >
           0;
  puts("adapter-error \"this adapter speaks version 1\"");
  return false;
}

// Splits a step, and performs process.exit. The handle is empty if the step has none. Returns the
// fields; NULL if main is to return.
static inline const char* shmspec_split(const char* line, char number[24], char handle[24],
                                        char operation[64]) {
  int start = 0, end = 0;
  *number = *handle = *operation = '\0';
  sscanf(line, "%23s %23s = %n", number, handle, &start);
  if (start == 0) *handle = '\0';
  if (start == 0) sscanf(line, "%*s %n", &start);
  sscanf(line + start, "%63s%n", operation, &end);
  const char* fields = line + start + end;
  if (strcmp(operation, "process.exit") != 0) return fields;
  shmspec_end(fields);
  return NULL;
}
