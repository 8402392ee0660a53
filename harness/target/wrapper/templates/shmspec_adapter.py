# SPDX-License-Identifier: MIT-0
"""The part of an adapter for shmspec that is the same for every library (PROTOCOL.md).

    import shmspec_adapter as adapter
    def create(handles, name, size, mode=None):
        return mylibrary.create(adapter.text(name), int(size))      # kept as the handle
    def load(handles, at, width, **_):
        segment, offset = adapter.place(at, handles)
        return int.from_bytes(segment.read(offset, int(width)), sys.byteorder)
    adapter.run("mylibrary", "1.0", "segment,memory", {"segment.create": create, "memory.load": load})

Try it:  shmspec adapter check "python3 my_adapter.py"
"""
import errno
import os
import re
import sys

WORD = re.compile(r'([a-z_]+)=("(?:[^"\\]|\\.)*"|\S+)')
ESCAPE = re.compile(r'\\(x[0-9a-f]{2}|.)')


class Lacking(Exception):
    """Raised for what the library does not have."""


def text(word):
    """The text of a word in double quotes."""
    return ESCAPE.sub(lambda m: chr(int(m[1][1:], 16)) if len(m[1]) == 3 else
                      {"n": "\n"}.get(m[1], m[1]), word[1:-1])


def quoted(words):
    """The same in double quotes, on one line."""
    return '"' + ascii(str(words))[1:-1].replace('"', "'") + '"'


def place(word, handles):
    """What `a0+8` names: the object of the handle, and an offset in bytes."""
    handle, sign, offset = re.fullmatch(r"([a-z]\d+)(?:([+-])(\d+))?", word).groups()
    return handles[handle], int((sign or "") + (offset or "0"))


def answer(operations, line, handles):
    """Performs the step of a line; returns the line that answers it."""
    number, _, step = line.partition(" ")
    head, _, fields = step.partition(" = ") if re.match(r"[a-z]\d+ = ", step) else ("", "", step)
    name, _, fields = fields.partition(" ")
    try:
        if name not in operations:
            raise Lacking(name)
        made = operations[name](handles, **{k: v for k, v in WORD.findall(fields)})
        if head:
            handles[head] = made
        return f"{number} -> {0 if head else made or 0}"
    except Lacking as lacking:
        return f"{number} -> lacking {quoted(lacking)}"
    except OSError as error:
        return f"{number} -> {errno.errorcode.get(error.errno, 'fails')} {quoted(error.strerror)}"
    except Exception as error:  # pylint: disable=broad-except
        return f"{number} -> fails {quoted(error or type(error).__name__)}"


def end(how, code):
    """Ends as the step process.exit asks."""
    if how == "_exit":
        os._exit(int(code))
    if how == "abort":
        os.abort()
    sys.exit(int(code))


def run(library, version, offers, operations):
    """Answers until shmspec ends the adapter."""
    if sys.stdin.readline().split() != ["shmspec-adapter", "1"]:
        sys.exit('adapter-error "this adapter speaks version 1"')
    print(f'adapter library="{library}" version="{version}" offers={offers}', flush=True)
    handles = {}
    for line in sys.stdin:
        if " process.exit " in line:
            fields = dict(WORD.findall(line))
            end(fields["how"], fields["code"])
        print(answer(operations, line.rstrip("\n"), handles), flush=True)
