<?php
/* SPDX-License-Identifier: ISC */
/*
 * A worker: takes a job, computes the SHA-256 of its text (signed, if it has a key), writes it
 * back, looks for the next.
 * Stop signals stay blocked while a job runs and are looked at between two, so that a job is
 * finished or never begun. Usage: worker.php [FD]; a newline goes to FD when it is ready.
 */
declare(strict_types=1);

require __DIR__ . '/../src/Queue.php';

const STOP = [SIGTERM, SIGINT, SIGQUIT];
const LOOK_EVERY = 100_000_000; // nanoseconds

pcntl_sigprocmask(SIG_BLOCK, STOP);
$name = 'worker@' . (getenv('ORLOP_INSTANCE') ?: '1');
$key = getenv('SIGNING_KEY');

try {
    $queue = new Queue();
    if (isset($argv[1])) {
        file_put_contents("php://fd/$argv[1]", "\n");
    }
    fwrite(STDERR, "$name: ready\n");
    $information = [];
    while (true) {
        $job = $queue->take($name);
        if ($job !== null) {
            $queue->finish((int) $job['id'], $key === false
                ? hash('sha256', $job['text'])
                : hash_hmac('sha256', $job['text'], $key));
            echo "$name: job {$job['id']} done\n";
        }
        $pause = $job === null ? LOOK_EVERY : 0;
        if (@pcntl_sigtimedwait(STOP, $information, 0, $pause) > 0) {
            break;
        }
    }
    fwrite(STDERR, "$name: stopped between two jobs\n");
} catch (RuntimeException $error) {
    fwrite(STDERR, "$name: " . $error->getMessage() . "\n");
    exit(1);
}
