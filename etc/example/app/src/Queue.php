<?php
/* SPDX-License-Identifier: ISC */
/*
 * A queue of jobs in one SQLite file. The page adds, the workers take and finish, the scheduled
 * job prunes: three programs under three uids that share the file through their group. So the
 * file is made with 0660 in a directory with the setgid bit, whatever program comes first.
 */
declare(strict_types=1);

final class Queue
{
    private const SCHEMA = <<<'SQL'
        CREATE TABLE IF NOT EXISTS job (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            text TEXT NOT NULL,
            state TEXT NOT NULL DEFAULT 'waiting',
            result TEXT,
            worker TEXT,
            uid INTEGER,
            changed REAL NOT NULL
        );
        CREATE TABLE IF NOT EXISTS prune (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            runs INTEGER NOT NULL,
            removed INTEGER NOT NULL,
            uid INTEGER NOT NULL
        );
        SQL;

    private PDO $database;

    public function __construct()
    {
        $path = getenv('QUEUE') ?: '/srv/app/var/queue.sqlite';
        $new = @fopen($path, 'x'); // 0666 less the service's umask of 0007; SQLite would say 0644
        if ($new === false && !is_writable($path)) {
            throw new RuntimeException(sprintf(
                'uid %d cannot write %s: give the directory to its group or set QUEUE',
                posix_geteuid(),
                $path
            ));
        }
        $this->database = new PDO("sqlite:$path", null, null, [
            PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION,
            PDO::ATTR_DEFAULT_FETCH_MODE => PDO::FETCH_ASSOC,
            PDO::ATTR_TIMEOUT => 10,
        ]);
        if (!$this->database->query("SELECT 1 FROM sqlite_schema WHERE name = 'prune'")->fetch()) {
            $this->database->exec(self::SCHEMA);
        }
    }

    public function add(string $text): int
    {
        $this->run('INSERT INTO job (text, changed) VALUES (?, ?)', [$text, microtime(true)]);
        return (int) $this->database->lastInsertId();
    }

    /** The oldest waiting job, now this worker's; null when there is none. */
    public function take(string $worker): ?array
    {
        // Looking first costs no write lock, and most looks find nothing.
        if (!$this->run("SELECT 1 FROM job WHERE state = 'waiting' LIMIT 1")->fetch()) {
            return null;
        }
        $job = $this->run(
            "UPDATE job SET state = 'running', worker = ?, uid = ?, changed = ?
             WHERE id = (SELECT id FROM job WHERE state = 'waiting' ORDER BY id LIMIT 1)
             RETURNING id, text",
            [$worker, posix_geteuid(), microtime(true)]
        )->fetchAll(); // to the end: the change is committed when the last row is read
        return $job[0] ?? null;
    }

    public function finish(int $id, string $result): void
    {
        $this->run(
            "UPDATE job SET state = 'done', result = ?, changed = ? WHERE id = ?",
            [$result, microtime(true), $id]
        );
    }

    /** Removes jobs done for `$age` seconds, puts those of dead workers back; how many of each. */
    public function prune(float $age): array
    {
        $now = microtime(true);
        $this->database->exec('BEGIN IMMEDIATE');
        $removed = $this->run(
            "DELETE FROM job WHERE state = 'done' AND changed < ?",
            [$now - $age]
        );
        $again = $this->run(
            "UPDATE job SET state = 'waiting' WHERE state = 'running' AND changed < ?",
            [$now - 60]
        );
        $this->run(
            'INSERT INTO prune (id, runs, removed, uid) VALUES (1, 1, :removed, :uid)
             ON CONFLICT (id) DO UPDATE
             SET runs = runs + 1, removed = removed + excluded.removed, uid = excluded.uid',
            ['removed' => $removed->rowCount(), 'uid' => posix_geteuid()]
        );
        $this->database->exec('COMMIT');
        return [$removed->rowCount(), $again->rowCount()];
    }

    public function jobs(): array
    {
        return $this->run('SELECT * FROM job ORDER BY id DESC LIMIT 50')->fetchAll();
    }

    public function pruned(): array
    {
        $row = $this->run('SELECT runs, removed, uid FROM prune')->fetch();
        return $row ?: ['runs' => 0, 'removed' => 0, 'uid' => '-'];
    }

    private function run(string $statement, array $values = []): PDOStatement
    {
        $prepared = $this->database->prepare($statement);
        $prepared->execute($values);
        return $prepared;
    }
}
