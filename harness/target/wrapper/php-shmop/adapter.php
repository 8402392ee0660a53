<?php
// SPDX-License-Identifier: Apache-2.0 OR MIT
// PHP's extension shmop as an adapter of shmspec (../PROTOCOL.md).
require __DIR__ . '/../templates/shmspec_adapter.php';

// An object detaches when its last reference ends: the handle is a box, which close can empty.
class Box
{
    public function __construct(public ?Shmop $shmop, public string $read_only = 'false')
    {
    }
}

function opened(array $field, string $mode): Shmop
{
    $size = Adapter::integer($field['size'] ?? '0');
    if ($size < 0) {
        throw new Lacking('no size of 2^63 or more');
    }
    return shmop_open(Adapter::key($field['name']), $mode, octdec($field['mode'] ?? '0600'), $size);
}

function existing(array $field, string $mode): Shmop
{
    return shmop_open(Adapter::key($field['name']), $mode, 0, 0);
}

Adapter::run('shmop', PHP_VERSION, 'segment,memory', [
    'segment.create' => fn($field) => new Box(opened($field, 'n')),
    'segment.open_or_create' => fn($field) => new Box(opened($field, 'c')),
    'segment.open' => fn($field) => new Box(
        existing($field, $field['read_only'] === 'true' ? 'a' : 'w'), $field['read_only']),
    'segment.size' => fn($field) => shmop_size(Adapter::$handles[$field['segment']]->shmop),
    // shmop_open() has attached it.
    'segment.attach' => function ($field) {
        $box = Adapter::$handles[$field['segment']];
        if ($box->read_only !== $field['read_only']) {
            throw new Lacking('read-only or not is settled by open');
        }
        return $box;
    },
    'segment.detach' => fn($field) => 0,
    'segment.close' => function ($field) {
        Adapter::$handles[$field['segment']]->shmop = null;
    },
    'segment.remove' => function ($field) {
        shmop_delete(existing($field, 'a'));
    },
    'memory.load' => function ($field) {
        [$box, $offset] = Adapter::place($field['at']);
        return Adapter::number($field['width'], shmop_read($box->shmop, $offset, (int) $field['width']));
    },
    'memory.store' => function ($field) {
        [$box, $offset] = Adapter::place($field['at']);
        $bytes = Adapter::bytes($field['width'], $field['value']);
        $count = shmop_write($box->shmop, $bytes, $offset);
        if ($count < strlen($bytes)) {  // it writes fewer at the end
            throw new Exception("wrote $count of $field[width] bytes");
        }
    },
]);
