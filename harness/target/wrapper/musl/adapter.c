// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Answers steps with the functions of musl, the C library that this program is linked with.

#include "adapter.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// musl has no function that returns its version: the build passes that of the package.
#ifndef MUSL_VERSION
#define MUSL_VERSION "unknown"
#endif

enum { LONGEST_LINE = 64 * 1024, LETTERS = 26, MOST_HANDLES = 256 };

// In static memory: no mapping appears in the middle of a case.
static char line[LONGEST_LINE + 1];
static char answer[LONGEST_LINE];
static size_t answered;
static bool is_too_long;
static int64_t handles[LETTERS][MOST_HANDLES];
static int64_t *made;
static jmp_buf lacks;

// ---- fields

// The entry of the handle that `*word` begins with, and moves behind it; null: it is no handle.
static int64_t *take_handle(const char **word) {
  const char letter = (*word)[0];
  if (letter < 'a' || letter > 'z' || (*word)[1] < '0' || (*word)[1] > '9') return NULL;
  char *end;
  const unsigned long index = strtoul(*word + 1, &end, 10);
  if (index >= MOST_HANDLES) lacking("more than %d handles of a kind", MOST_HANDLES);
  *word = end;
  return &handles[letter - 'a'][index];
}

const char *text(const struct step *step, const char *field) {
  for (size_t i = 0; i < step->count; ++i) {
    if (strcmp(step->fields[i].name, field) == 0) return step->fields[i].value;
  }
  lacking("a step without the field %s", field);
}

static uint64_t number_of(const char *word, const char *field) {
  char *end;
  const uint64_t parsed = strtoull(word, &end, 0);
  if (end == word || *end != '\0') lacking("the value %s of %s", word, field);
  return parsed;
}

uint64_t number(const struct step *step, const char *field) {
  return number_of(text(step, field), field);
}

bool is_true(const struct step *step, const char *field) {
  return strcmp(text(step, field), "true") == 0;
}

int64_t reference(const struct step *step, const char *field) {
  const char *word = text(step, field);
  if (strcmp(word, "null") == 0 || strcmp(word, "private") == 0) return 0;
  const int64_t *named = take_handle(&word);
  if (named == NULL) return (int64_t)number_of(word, field);
  const uint64_t offset = *word != '\0' ? number_of(word, field) : 0;
  return (int64_t)((uint64_t)*named + offset);
}

void *address(const struct step *step, const char *field) {
  return (void *)(uintptr_t)reference(step, field);
}

int descriptor(const struct step *step, const char *field) {
  const int64_t named = reference(step, field);
  const bool own = (named >= 0 && named <= STDERR_FILENO) || named > INT_MAX || named < INT_MIN;
  return own ? INT_MAX : (int)named;
}

unsigned long words(const struct step *step, const char *field, const struct word *known) {
  unsigned long bits = 0;
  char one[64];
  for (const char *at = text(step, field);; ++at) {
    const size_t length = strcspn(at, "|");
    snprintf(one, sizeof(one), "%.*s", (int)length, at);
    const struct word *found = known;
    while (found->name != NULL && strcmp(found->name, one) != 0) ++found;
    if (found->name != NULL) {
      bits |= found->bits;
    } else if (strcmp(one, "none") != 0) {
      bits |= number_of(one, field);
    }
    at += length;
    if (*at == '\0') return bits;
  }
}

// ---- answers

#define NAMED(error) \
  { #error, error }

static const struct {
  const char *name;
  int number;
} errors[] = {
    NAMED(EPERM),      NAMED(ENOENT),    NAMED(ESRCH),      NAMED(EINTR),           NAMED(EIO),
    NAMED(ENXIO),      NAMED(E2BIG),     NAMED(ENOEXEC),    NAMED(EBADF),           NAMED(ECHILD),
    NAMED(EAGAIN),     NAMED(ENOMEM),    NAMED(EACCES),     NAMED(EFAULT),          NAMED(EBUSY),
    NAMED(EEXIST),     NAMED(EXDEV),     NAMED(ENODEV),     NAMED(ENOTDIR),         NAMED(EISDIR),
    NAMED(EINVAL),     NAMED(ENFILE),    NAMED(EMFILE),     NAMED(ENOTTY),          NAMED(ETXTBSY),
    NAMED(EFBIG),      NAMED(ENOSPC),    NAMED(ESPIPE),     NAMED(EROFS),           NAMED(EPIPE),
    NAMED(ERANGE),     NAMED(EDEADLK),   NAMED(ENOLCK),     NAMED(ENAMETOOLONG),    NAMED(ENOSYS),
    NAMED(ELOOP),      NAMED(EIDRM),     NAMED(ENODATA),    NAMED(EOVERFLOW),       NAMED(EUSERS),
    NAMED(EOPNOTSUPP), NAMED(ETIMEDOUT), NAMED(EOWNERDEAD), NAMED(ENOTRECOVERABLE),
};

const char *error_name(int error) {
  for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); ++i) {
    if (errors[i].number == error) return errors[i].name;
  }
  static char unnamed[32];
  snprintf(unnamed, sizeof(unnamed), "errno:%d", error);
  return unnamed;
}

static void append(const char *format, va_list arguments) {
  const size_t room = sizeof(answer) - answered;
  const int size = vsnprintf(answer + answered, room, format, arguments);
  is_too_long = is_too_long || size < 0 || (size_t)size >= room;
  if (!is_too_long) answered += (size_t)size;
}

void record(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  append(format, arguments);
  va_end(arguments);
}

void record_text(const char *shown) {
  record("\"");
  for (; *shown != '\0'; ++shown) {
    const unsigned char byte = (unsigned char)*shown;
    if (byte == '"' || byte == '\\') {
      record("\\%c", byte);
    } else if (byte < 0x20 || byte >= 0x7f) {
      record("\\x%02x", byte);
    } else {
      record("%c", byte);
    }
  }
  record("\"");
}

void value(int64_t number) { record("%lld", (long long)number); }

void failure(int error) { record("%s \"%s\"", error_name(error), strerror(error)); }

void returned(int64_t number) {
  if (number == -1) {
    failure(errno);
    return;
  }
  if (made != NULL) *made = number;
  value(number);
}

void returned_address(const void *address) { returned((int64_t)(intptr_t)address); }

_Noreturn void lacking(const char *format, ...) {
  char why[256];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(why, sizeof(why), format, arguments);
  va_end(arguments);
  answered = 0;
  is_too_long = false;
  record("lacking ");
  record_text(why);
  longjmp(lacks, 1);
}

// ---- lines

// Ends the word that begins at `*at` with a null byte and moves behind it.
static char *take_word(char **at) {
  char *word = *at;
  *at += strcspn(*at, " \n");
  if (**at != '\0') *(*at)++ = '\0';
  return word;
}

static int hex(char digit) { return digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10; }

// The same for text in double quotes. The text takes the place of its quoted form, which is longer.
static char *take_quoted(char **at) {
  char *begin = ++*at;
  char *end = begin;
  const char *from = begin;
  for (; *from != '"' && *from != '\0'; ++from) {
    if (*from != '\\' || from[1] == '\0') {
      *end++ = *from;
    } else if (*++from == 'x' && isxdigit((unsigned char)from[1]) &&
               isxdigit((unsigned char)from[2])) {
      *end++ = (char)(hex(from[1]) * 16 + hex(from[2]));
      from += 2;
    } else {
      *end++ = *from == 'n' ? '\n' : *from;
    }
  }
  *at = begin + (from - begin) + (*from != '\0');
  *at += **at == ' ' || **at == '\n';
  *end = '\0';
  return begin;
}

static void parse(char *at, struct step *step) {
  *step = (struct step){.number = take_word(&at)};
  const char *word = take_word(&at);
  if (strncmp(at, "= ", 2) == 0) {
    step->makes = take_handle(&word);
    at += 2;
    word = take_word(&at);
  }
  step->operation = word;
  while (*at != '\0' && step->count < MOST_FIELDS) {
    struct field *field = &step->fields[step->count++];
    field->name = at;
    at += strcspn(at, "=");
    if (*at != '\0') *at++ = '\0';
    field->value = *at == '"' ? take_quoted(&at) : take_word(&at);
  }
}

static void end_process(const struct step *step) {
  const char *how = text(step, "how");
  const int code = (int)number(step, "code");
  if (strcmp(how, "exit") == 0) exit(code);
  if (strcmp(how, "_exit") == 0) _exit(code);
  if (strcmp(how, "abort") == 0) abort();
  lacking("an adapter is no thread");
}

static const struct operation process_operations[] = {{"process.exit", end_process}, {NULL, NULL}};

static const struct operation *const families[] = {
    sysv_operations, memory_operations, map_operations, file_operations, process_operations};

static void perform(const struct step *step) {
  for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); ++i) {
    for (const struct operation *known = families[i]; known->name != NULL; ++known) {
      if (strcmp(known->name, step->operation) != 0) continue;
      known->perform(step);
      return;
    }
  }
  lacking("%s", step->operation);
}

int main(void) {
  if (fgets(line, sizeof(line), stdin) == NULL || strcmp(line, "shmspec-adapter 1\n") != 0) {
    puts("adapter-error \"this adapter speaks version 1\"");
    return 1;
  }
  memset(handles, 0xff, sizeof(handles));  // -1 each
  catch_faults();
  make_buffers();
  puts("adapter library=\"musl\" version=\"" MUSL_VERSION
       "\" offers=sysv,posix,map,memory,file,descriptor,memfd");
  fflush(stdout);
  static struct step step;
  while (fgets(line, sizeof(line), stdin) != NULL) {
    answered = 0;
    is_too_long = false;
    if (setjmp(lacks) == 0) {
      parse(line, &step);
      made = step.makes;
      perform(&step);
      if (is_too_long) lacking("an answer that is longer than a line");
    }
    printf("%s -> %s\n", step.number, answer);
    fflush(stdout);
  }
  return 0;
}
