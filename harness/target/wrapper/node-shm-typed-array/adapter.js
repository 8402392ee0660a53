// SPDX-License-Identifier: Apache-2.0 OR MIT
// The npm package shm-typed-array, with POSIX names, as an adapter of shmspec (../PROTOCOL.md).
'use strict';
const os = require('os');
const readline = require('readline');
const shm = require('shm-typed-array');
const version = require('shm-typed-array/package.json').version;

// The package says an errno in words only.
const ERRNO = {
  'Permission denied': 'EACCES', 'Operation not permitted': 'EPERM', 'Invalid argument': 'EINVAL',
  'Cannot allocate memory': 'ENOMEM', 'No space left on device': 'ENOSPC', 'File too large': 'EFBIG',
  'File name too long': 'ENAMETOOLONG', 'Too many open files': 'EMFILE',
};
const ORDER = os.endianness();
const NUMBER = {1: 'UInt8', 2: 'UInt16' + ORDER, 4: 'UInt32' + ORDER, 8: 'BigUInt64' + ORDER};
const handles = {};

class Lacking extends Error {}
class Errno extends Error {}

function lacking(words) { throw new Lacking(words); }

// The value of a call, for which null means one certain errno.
function given(value, errno) {
  if (value === null) throw Object.assign(new Errno('the result is null or -1'), {errno});
  return value;
}

function writable(readOnly) {
  if (readOnly === 'true') lacking('no read-only access');
}

// The buffer and the offset that `a0+8` names, and how a number of that width is called.
function place(at, width) {
  const [, handle, offset] = /^([a-z]\d+)([+-]\d+)?$/.exec(at);
  return [handles[handle].buffer, Number(offset || 0), NUMBER[width] || lacking('width ' + width)];
}

const operations = {
  'segment.create': ({name, size, mode}) => {
    const key = '/' + name;
    return {key, buffer: given(shm.create(Number(size), 'Buffer', key, mode), 'EEXIST')};
  },
  'segment.open': ({name, read_only}) => {
    writable(read_only);
    const key = '/' + name;
    return {key, buffer: given(shm.get(key, 'Buffer'), 'ENOENT')};
  },
  'segment.size': ({segment}) => handles[segment].buffer.length,
  // create() and get() have mapped it; detach() takes the key and ends the use of the segment.
  'segment.attach': ({segment, read_only}) => {
    writable(read_only);
    return handles[segment];
  },
  'segment.detach': () => 0,
  'segment.close': ({segment}) => {
    given(shm.detach(handles[segment].key) < 0 ? null : 0, 'ENOENT');
    return 0;
  },
  // It is destroy(), which gives a boolean and not the reason.
  'segment.remove': ({name}) => given(shm.detach('/' + name, true) < 0 ? null : 0, 'ENOENT'),
  'memory.load': ({at, width}) => {
    const [buffer, offset, number] = place(at, width);
    return buffer['read' + number](offset);
  },
  'memory.store': ({at, width, value}) => {
    const [buffer, offset, number] = place(at, width);
    const wrapped = BigInt.asUintN(8 * width, BigInt(value));
    buffer['write' + number](width === '8' ? wrapped : Number(wrapped), offset);
    return 0;
  },
  'process.exit': ({how, code}) => {
    if (how === 'exit') process.exit(Number(code));
    if (how === 'abort') process.abort();
    return lacking('no _exit');
  },
};

function answer(handle, operation, field) {
  try {
    const made = (operations[operation] || lacking(operation))(field);
    if (handle === undefined) return made;
    handles[handle] = made;
    return 0;
  } catch (error) {
    const words = ` "${error.message.replace(/["\\\n]/g, "'")}"`;
    if (error instanceof Lacking) return 'lacking' + words;
    if (error instanceof Errno) return error.errno + words;
    return (ERRNO[error.message] || (error instanceof RangeError ? 'EINVAL' : 'fails')) + words;
  }
}

// Standard output is written at once, as it is a pipe.
function perform(line) {
  const [, number, handle, operation] = /^(\d+) (?:([a-z]\d+) = )?(\S+)/.exec(line);
  const field = {};
  for (const [, key, text, word] of line.matchAll(/([a-z_]+)=(?:"([^"]*)"|(\S+))/g)) field[key] = text ?? word;
  process.stdout.write(`${number} -> ${answer(handle, operation, field)}\n`);
}

let begun = false;
readline.createInterface({input: process.stdin}).on('line', (line) => {
  if (begun) return perform(line);
  begun = line === 'shmspec-adapter 1';
  if (begun) process.stdout.write(`adapter library="shm-typed-array" version="${version}" offers=segment,memory\n`);
  else process.stdout.write('adapter-error "this adapter speaks version 1"\n', () => process.exit(1));
});
