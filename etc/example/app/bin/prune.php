<?php
/* SPDX-License-Identifier: ISC */
/*
 * The scheduled job: removes what has been done for PRUNE_AFTER seconds (an hour by default) and
 * puts back what a worker that is no more has left lying. Says so only when there was something.
 */
declare(strict_types=1);

require __DIR__ . '/../src/Queue.php';

try {
    [$removed, $again] = (new Queue())->prune((float) (getenv('PRUNE_AFTER') ?: 3600));
} catch (RuntimeException $error) {
    fwrite(STDERR, 'prune: ' . $error->getMessage() . "\n");
    exit(1);
}
if ($removed + $again > 0) {
    echo "prune: removed $removed done, put back $again\n";
}
