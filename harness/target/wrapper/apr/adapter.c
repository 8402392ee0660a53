// SPDX-License-Identifier: Apache-2.0 OR MIT
// apr_shm of the Apache Portable Runtime.
#include "shmspec_adapter.h"
// The line above comes first.
#include <apr_file_io.h>
#include <apr_general.h>
#include <apr_shm.h>
#include <apr_strings.h>
#include <apr_version.h>

static apr_pool_t* pool;

// The file of a name, in the directory that APR gives for such files.
static const char* path(const shmspec_step* step) {
  const char* directory = "/tmp";
  apr_temp_dir_get(&directory, pool);
  return apr_pstrcat(pool, directory, "/", shmspec_text(step, "name"), NULL);
}

// Answers a status of APR; on Unix those below APR_OS_START_ERROR are those of the system.
static int answer(const shmspec_step* step, apr_status_t status) {
  char text[256];
  if (status == APR_SUCCESS) return shmspec_answer_number(step, 0);
  if (status < APR_OS_START_ERROR) return shmspec_answer_errno(step, status);
  return shmspec_answer_fails(step, apr_strerror(status, text, sizeof text));
}

// Creates and attaches.
static int create(shmspec_step* step) {
  if (shmspec_has(step, "mode"))
    return shmspec_answer_lacking(step, "a mode: apr_shm_perms_set is not implemented here");
  apr_shm_t* segment = NULL;
  apr_status_t status = apr_shm_create(&segment, shmspec_number(step, "size"), path(step), pool);
  step->made->pointer = segment;
  return answer(step, status);
}

// Attaches; there is no other way of opening, and none that only reads.
static int open_existing(shmspec_step* step) {
  if (shmspec_flag(step, "read_only")) return shmspec_answer_lacking(step, "read only");
  apr_shm_t* segment = NULL;
  apr_status_t status = apr_shm_attach(&segment, path(step), pool);
  step->made->pointer = segment;
  return answer(step, status);
}

static int size(shmspec_step* step) {
  apr_shm_t* segment = (apr_shm_t*)shmspec_get(step, "segment")->pointer;
  if (!segment) return shmspec_answer_lacking(step, "a segment that was detached");
  return shmspec_answer_number(step, (int64_t)apr_shm_size_get(segment));
}

// Segments are attached already: `size` tells whether a step has done it, `id` which segment it
// was.
static int attach(shmspec_step* step) {
  shmspec_object* segment = shmspec_get(step, "segment");
  if (shmspec_flag(step, "read_only")) return shmspec_answer_lacking(step, "read only");
  if (!segment->pointer || segment->size)
    return shmspec_answer_lacking(step, "a second attach of one segment");
  segment->size = 1;
  step->made->id = (intptr_t)segment;
  step->made->pointer = apr_shm_baseaddr_get((apr_shm_t*)segment->pointer);
  return shmspec_answer_number(step, 0);
}

static int detach(shmspec_step* step) {
  if (shmspec_get(step, "at")->id == -1) return shmspec_answer_fails(step, "not attached");
  shmspec_object* segment = (shmspec_object*)shmspec_get(step, "at")->id;
  apr_status_t status = apr_shm_detach((apr_shm_t*)segment->pointer);
  segment->pointer = NULL;
  segment->size = 0;
  return answer(step, status);
}

// What create and open did ends with a detach as well, if no step has done that.
static int close_segment(shmspec_step* step) {
  shmspec_object* segment = shmspec_get(step, "segment");
  if (segment->size) return shmspec_answer_lacking(step, "an attach that outlives the segment");
  if (!segment->pointer) return shmspec_answer_number(step, 0);
  return answer(step, apr_shm_detach((apr_shm_t*)segment->pointer));
}

static int remove_segment(shmspec_step* step) {
  return answer(step, apr_shm_remove(path(step), pool));
}

static const shmspec_operation kOperations[] = {
    {"segment.create", create},
    {"segment.open", open_existing},
    {"segment.size", size},
    {"segment.attach", attach},
    {"segment.detach", detach},
    {"segment.close", close_segment},
    {"segment.remove", remove_segment},
    {"memory.load", shmspec_memory},
    {"memory.store", shmspec_memory},
    {NULL, NULL},
};

int main(void) {
  apr_initialize();
  atexit(apr_terminate);  // as the documentation of apr_initialize asks
  apr_pool_create(&pool, NULL);
  return shmspec_run("apr", apr_version_string(), "segment,memory", kOperations);
}
