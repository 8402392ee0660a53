// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// A step of the adapter protocol (../PROTOCOL.md), what its fields hold, and how it is answered.

#ifndef SHMSPEC_MUSL_ADAPTER_H_
#define SHMSPEC_MUSL_ADAPTER_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MOST_FIELDS = 16 };

struct field {
  const char *name;
  const char *value;
};

struct step {
  const char *number;
  int64_t *makes;  // the entry of the handle that it assigns, or a null pointer
  const char *operation;
  struct field fields[MOST_FIELDS];
  size_t count;
};

struct operation {
  const char *name;
  void (*perform)(const struct step *step);
};

// Each ends with an entry without a name.
extern const struct operation sysv_operations[];
extern const struct operation file_operations[];
extern const struct operation memory_operations[];
extern const struct operation map_operations[];

// The values of fields. One that is missing or not understood ends the step as lacking, so a call
// whose arguments are these is not made then.

const char *text(const struct step *step, const char *field);
uint64_t number(const struct step *step, const char *field);
bool is_true(const struct step *step, const char *field);
// `a0+8`, `null`, `private` or a number. A handle that nothing was made for is -1.
int64_t reference(const struct step *step, const char *field);
void *address(const struct step *step, const char *field);
// The numbers of a descriptor. The standard streams are the adapter's own: those numbers are taken
// for one that is never open, as in the other targets.
int descriptor(const struct step *step, const char *field);

struct word {
  const char *name;  // null behind the last one
  unsigned long bits;
};

// Names of `words` and numbers, with "|" between them; `none`: 0.
unsigned long words(const struct step *step, const char *field, const struct word *words);

// The answers. A step is answered by one of them; a record is written piece by piece.

void returned(int64_t number);  // of a call: -1 is the failure that errno names
void returned_address(const void *address);
void value(int64_t number);  // that is no failure, also when it is -1
void failure(int error);
void record(const char *format, ...) __attribute__((format(printf, 1, 2)));
_Noreturn void lacking(const char *format, ...) __attribute__((format(printf, 1, 2)));
void record_text(const char *text);  // in double quotes
const char *error_name(int error);

void catch_faults(void);  // once, at the beginning; in memory.c
void make_buffers(void);  // once, at the beginning; in sysv.c

#endif  // SHMSPEC_MUSL_ADAPTER_H_
