# SPDX-License-Identifier: MIT-0
"""An adapter for toyshm: for README.md."""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "templates")]
import shmspec_adapter as adapter  # noqa: E402
import toyshm  # noqa: E402


def create(_, name, size, mode=None):
    if mode is not None:
        raise adapter.Lacking("no mode")
    return toyshm.Segment(adapter.text(name), int(size), create=True)


def open_existing(_, name, read_only):
    if read_only == "true":
        raise adapter.Lacking("no segment that is only read")
    return toyshm.Segment(adapter.text(name))


def attach(handles, segment, read_only):
    if read_only == "true":
        raise adapter.Lacking("no segment that is only read")
    return handles[segment]


def load(handles, at, width, **_):
    segment, offset = adapter.place(at, handles)
    return int.from_bytes(segment.bytes[offset:offset + int(width)], sys.byteorder)


def store(handles, at, width, value, **_):
    segment, offset = adapter.place(at, handles)
    size = int(width)
    segment.bytes[offset:offset + size] = (int(value) % 256**size).to_bytes(size, sys.byteorder)


adapter.run("toyshm", "1.0", "segment,memory", {
    "segment.create": create,
    "segment.open": open_existing,
    "segment.attach": attach,
    "segment.size": lambda handles, segment: handles[segment].size,
    "segment.detach": lambda handles, at: None,
    "segment.close": lambda handles, segment: handles[segment].close(),
    "segment.remove": lambda handles, name: toyshm.remove(adapter.text(name)),
    "memory.load": load,
    "memory.store": store,
})
