# SPDX-License-Identifier: Apache-2.0 OR MIT
"""CPython's multiprocessing.shared_memory as an adapter of shmspec (../PROTOCOL.md)."""
import os
import platform
import struct
import sys
from multiprocessing.shared_memory import SharedMemory

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "templates"))
import shmspec_adapter as adapter  # pylint: disable=wrong-import-position

FORMATS = {1: "=B", 2: "=H", 4: "=I", 8: "=Q"}  # unsigned, in the byte order of the machine


def writable(read_only):
    """The constructor has no access mode: it always maps for reading and writing."""
    if read_only == "true":
        raise adapter.Lacking("no read-only access")


def place(handles, at, width):
    """The bytes and the offset that `at` names, and how a number of that width lies there."""
    segment, offset = adapter.place(at, handles)
    if int(width) not in FORMATS:
        raise adapter.Lacking(f"no width {width}")
    if offset < 0:  # Python counts these from the end
        raise adapter.Lacking("no bytes before the segment")
    return FORMATS[int(width)], segment.buf, offset


def create(_handles, name, size, mode="0600", **_):
    # The constructor has no mode, and always makes the segment with 0600.
    if int(mode, 8) != 0o600:
        raise adapter.Lacking("no mode")
    return SharedMemory(adapter.text(name), create=True, size=int(size))


def open_(_handles, name, read_only="false", **_):
    writable(read_only)
    return SharedMemory(adapter.text(name))


def size_(handles, segment, **_):
    return handles[segment].size


def attach(handles, segment, read_only="false", **_):
    # The constructor has mapped it.
    writable(read_only)
    return handles[segment]


def detach(_handles, **_):
    # close() unmaps; there is no operation that unmaps and keeps the segment open.
    return 0


def close(handles, segment, **_):
    handles[segment].close()


def remove(_handles, name, **_):
    # unlink() is a method of an open segment.
    segment = SharedMemory(adapter.text(name))
    segment.unlink()
    segment.close()


def load(handles, at, width, **_):
    form, memory, offset = place(handles, at, width)
    return struct.unpack_from(form, memory, offset)[0]


def store(handles, at, width, value, **_):
    form, memory, offset = place(handles, at, width)
    struct.pack_into(form, memory, offset, int(value) % (1 << 8 * int(width)))


adapter.run("multiprocessing.shared_memory", platform.python_version(), "segment,memory", {
    "segment.create": create, "segment.open": open_, "segment.size": size_,
    "segment.attach": attach, "segment.detach": detach, "segment.close": close,
    "segment.remove": remove, "memory.load": load, "memory.store": store})
