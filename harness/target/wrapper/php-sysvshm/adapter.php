<?php
// SPDX-License-Identifier: Apache-2.0 OR MIT
// PHP's extension sysvshm as an adapter of shmspec (../PROTOCOL.md).
//
// A segment has variables with numbers for names. Here the bytes at an offset are the variable of
// that number, with the bytes that were stored there as its value.
require __DIR__ . '/../templates/shmspec_adapter.php';

// The only function that opens, and it creates what is missing.
function opened(array $field): SysvSharedMemory
{
    $arguments = [Adapter::key($field['name'])];
    if (isset($field['size'])) {
        $arguments['size'] = Adapter::integer($field['size']);
    }
    if (isset($field['mode'])) {
        $arguments['permissions'] = octdec($field['mode']);
    }
    return shm_attach(...$arguments);
}

function writable(array $field): void
{
    if ($field['read_only'] === 'true') {
        throw new Lacking('no read-only access');
    }
}

Adapter::run('sysvshm', PHP_VERSION, 'segment,memory', [
    'segment.create' => opened(...),
    'segment.open_or_create' => opened(...),
    'segment.open' => function ($field) {
        writable($field);
        return opened(['name' => $field['name']]);
    },
    // shm_attach() has attached it, shm_detach() ends the use.
    'segment.attach' => function ($field) {
        writable($field);
        return Adapter::$handles[$field['segment']];
    },
    'segment.detach' => fn($field) => 0,
    'segment.close' => function ($field) {
        shm_detach(Adapter::$handles[$field['segment']]);
    },
    'segment.remove' => function ($field) {
        $segment = opened(['name' => $field['name']]);
        shm_remove($segment);
        shm_detach($segment);
    },
    'memory.load' => function ($field) {
        [$segment, $offset] = Adapter::place($field['at']);
        $bytes = shm_get_var($segment, $offset);
        if (strlen($bytes) !== (int) $field['width']) {
            throw new Lacking('a variable is loaded with the width it was stored with');
        }
        return Adapter::number($field['width'], $bytes);
    },
    'memory.store' => function ($field) {
        [$segment, $offset] = Adapter::place($field['at']);
        shm_put_var($segment, $offset, Adapter::bytes($field['width'], $field['value']));
    },
]);
