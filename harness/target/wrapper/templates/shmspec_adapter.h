// SPDX-License-Identifier: MIT-0
// The part of an adapter for shmspec in C that is the same for every library (PROTOCOL.md).
//     #include "shmspec_adapter.h"  // first; C11 or C++; needs shmspec_protocol.h
//     static int create(shmspec_step* step) {
//       int id = my_create(shmspec_text(step, "name"), shmspec_number(step, "size"));
//       if (id == -1) return shmspec_answer_errno(step, errno);
//       step->made->id = id;  // shmspec_get(step, "segment")->id in later steps
//       return shmspec_answer_number(step, 0);
//     }
//     static const shmspec_operation kOperations[] = {
//         {"segment.create", create}, {"memory.load", shmspec_memory}, {NULL, NULL}};
//     int main(void) { return shmspec_run("my", "1.0", "segment,memory", kOperations); }
// Try it:  cc -std=c11 -o my_adapter my_adapter.c && shmspec adapter check ./my_adapter
#pragma once
#include "shmspec_protocol.h"

typedef struct {  // what a handle stands for
  void* pointer;  // where a0+8 counts from
  size_t size;
  intptr_t id;
} shmspec_object;

typedef struct {
  char number[24], handle[24], operation[64];
  const char* fields;
  shmspec_object* made;  // to be filled by a step that has a handle
} shmspec_step;

typedef struct {
  const char* name;
  int (*perform)(shmspec_step* step);  // gives one answer, whose value it returns
} shmspec_operation;

// The object of a word such as g0 or a0+8; `rest` is what is behind the handle.
static inline shmspec_object* shmspec_object_of(const char* word, char** rest) {
  static shmspec_object objects[26][1024];
  return &objects[(unsigned)(*word - 'a') % 26][strtoul(word + 1, rest, 10) % 1024];
}

static inline bool shmspec_has(const shmspec_step* step, const char* key) {
  return *shmspec_find(step->fields, key) != '\0';
}
static inline uint64_t shmspec_number(const shmspec_step* step, const char* key) {
  return strtoull(shmspec_find(step->fields, key), NULL, 0);
}
static inline bool shmspec_flag(const shmspec_step* step, const char* key) {
  return *shmspec_find(step->fields, key) == 't';
}
static inline const char* shmspec_text(const shmspec_step* step, const char* key) {
  return shmspec_unquote(shmspec_find(step->fields, key));
}
static inline shmspec_object* shmspec_get(const shmspec_step* step, const char* key) {
  char* rest;
  return shmspec_object_of(shmspec_find(step->fields, key), &rest);
}

// The address that a word such as a0+8 or a plain number names.
static inline void* shmspec_place(const shmspec_step* step, const char* key) {
  const char* word = shmspec_find(step->fields, key);
  char* rest = (char*)word;
  uintptr_t start = *word < 'a' ? 0 : (uintptr_t)shmspec_object_of(word, &rest)->pointer;
  return (void*)(start + strtoull(rest, NULL, 10));
}

#define shmspec_answer_number(step, value) shmspec_write_number((step)->number, value)
#define shmspec_answer_fails(step, text) shmspec_write((step)->number, "fails", text)
#define shmspec_answer_lacking(step, text) shmspec_write((step)->number, "lacking", text)
#define shmspec_answer_errno(step, error) \
  shmspec_write((step)->number, shmspec_errno_name(error), strerror(error))

// Performs memory.load and memory.store.
static inline int shmspec_memory(shmspec_step* step) {
  uint64_t value = shmspec_number(step, "value"), width = shmspec_number(step, "width");
  bool store = strcmp(step->operation, "memory.store") == 0;
  const char* failure = shmspec_access(shmspec_place(step, "at"), width, store, &value);
  if (failure) return printf("%s -> %s\n", step->number, failure);
  return shmspec_answer_number(step, store ? 0 : value);
}
// Answers until shmspec ends the adapter; main returns what it returns.
static inline int shmspec_run(const char* library, const char* version, const char* offers,
                              const shmspec_operation* operations) {
  static char line[SHMSPEC_LINE + 1];
  if (!shmspec_greet(library, version, offers)) return 1;
  while (fflush(stdout) == 0 && fgets(line, sizeof line, stdin)) {
    shmspec_step step;
    shmspec_object spare, none = {NULL, 0, -1};
    char* rest;
    step.fields = shmspec_split(line, step.number, step.handle, step.operation);
    if (!step.fields) break;
    step.made = *step.handle ? shmspec_object_of(step.handle, &rest) : &spare;
    *step.made = none;
    const shmspec_operation* found = operations;
    while (found->name && strcmp(found->name, step.operation) != 0) found++;
    if (found->name)
      found->perform(&step);
    else
      shmspec_answer_lacking(&step, step.operation);
  }
  return shmspec_code;
}
