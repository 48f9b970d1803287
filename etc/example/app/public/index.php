<?php
/* SPDX-License-Identifier: ISC */
/*
 * The page: shows the queue, and adds a job by POST. ?add=TEXT does the same for people who have
 * only a browser's address line or curl; a real application would not change anything on GET.
 */
declare(strict_types=1);

require __DIR__ . '/../src/Queue.php';

function cell(mixed $value): string
{
    return htmlspecialchars((string) ($value ?? '-'), ENT_QUOTES);
}

try {
    $queue = new Queue();
    $text = $_POST['add'] ?? $_GET['add'] ?? null;
    if (is_string($text) && $text !== '') {
        $id = $queue->add(substr($text, 0, 1000));
        header("Location: /?job=$id", true, 303);
        header('Content-Type: text/plain; charset=utf-8');
        echo "added job $id\n";
        return;
    }
    $jobs = $queue->jobs();
    $pruned = $queue->pruned();
    $facts = @include __DIR__ . '/../cache/facts.php'; // of the image's build
} catch (RuntimeException $error) { // PDO's own are of this kind too
    error_log('page: ' . $error->getMessage());
    http_response_code(503);
    header('Content-Type: text/plain; charset=utf-8');
    echo "the queue is not to be had; the log says why\n";
    return;
}
?>
<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<title>Orlop example</title>
<h1>Queue</h1>
<form method="post"><input name="add" maxlength="1000" required> <button>Add a job</button></form>
<table>
<tr><th>job<th>text<th>state<th>SHA-256<th>worker<th>uid</tr>
<?php foreach ($jobs as $job): ?>
<tr id="job-<?= cell($job['id']) ?>"><td><?= implode('<td>', array_map(cell(...), [
    $job['id'], $job['text'], $job['state'], $job['result'], $job['worker'], $job['uid'],
])) ?></tr>
<?php endforeach ?>
</table>
<p>page: uid <?= posix_geteuid() ?>, pid <?= getmypid() ?></p>
<p>build: code <?= cell($facts['code'] ?? null) ?>, PHP <?= cell($facts['php'] ?? null) ?></p>
<p><?= vsprintf('prune: uid %s, runs %d, removed %d', array_map(cell(...), [
    $pruned['uid'], $pruned['runs'], $pruned['removed'],
])) ?></p>
</html>
