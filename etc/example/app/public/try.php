<?php
/* SPDX-License-Identifier: ISC */
/*
 * What a request would do if its author had found a hole in the application: each act is tried for
 * real, and a line says how it went. All of them should be refused, whatever the PHP code says.
 */
declare(strict_types=1);

header('Content-Type: text/plain; charset=utf-8');

const TERM = 15; // php-fpm has no pcntl, which would know the name

/* The first process whose command line has the word; /proc shows these to everybody. */
function process_of(string $word): int
{
    foreach (glob('/proc/[0-9]*') ?: [] as $directory) {
        $command = explode("\0", (string) @file_get_contents("$directory/cmdline"));
        if (in_array($word, $command, true)) {
            return (int) basename($directory);
        }
    }
    throw new RuntimeException("no process runs $word");
}

function posix_result(bool $done): bool
{
    return $done ?: throw new RuntimeException(posix_strerror(posix_get_last_error()));
}

$worker = process_of('/srv/app/bin/worker.php');
$acts = [
    'change its own code' => fn () => file_put_contents(__FILE__, '', FILE_APPEND),
    'put a new page beside it' => fn () => file_put_contents(__DIR__ . '/shell.php', '<?php'),
    "read the worker's secret" => fn () => file_get_contents('/run/secrets/signing_key'),
    "read the worker's environment" => fn () => file_get_contents("/proc/$worker/environ"),
    'signal the worker' => fn () => posix_result(posix_kill($worker, TERM)),
    'signal PID 1' => fn () => posix_result(posix_kill(1, TERM)),
    'look into PID 1' => fn () => file_get_contents('/proc/1/fd/3'),
    'open a raw socket' => fn () => socket_create(AF_INET, SOCK_RAW, 1)
        ?: throw new RuntimeException(socket_strerror(socket_last_error())),
    'start a shell' => fn () => proc_close(proc_open(['/bin/sh', '-c', 'exit 0'], [], $pipes)) === 0
        ?: throw new RuntimeException('Cannot be executed'),
];

set_error_handler(function (int $level, string $message): never {
    throw new RuntimeException($message);
});
foreach ($acts as $name => $act) {
    try {
        printf("%-8s %s\n", $act() === false ? 'refused' : 'DONE', $name);
    } catch (RuntimeException $error) {
        $why = preg_replace('/^.*: (?=[A-Z])/', '', $error->getMessage());
        printf("%-8s %-30s %s\n", 'refused', $name, $why);
    }
}
