<?php

/**
 * Is this order paid? Read from Paystate's file, also while the daemon is stopped. Needs php-sqlite3.
 *
 *     php is-paid-from-file.php eu-shop ORDER-17
 *
 * PAYSTATE_DATABASE in the environment is the file; members of the group paystate may read it. Exits with 0 (paid), 1
 * (not paid) or 2 (nobody knows).
 */

declare(strict_types=1);

/** Whether the order is paid, as far as was known when it was asked. Throws PDOException: never take that for false. */
function isPaid(string $account, string $reference): bool
{
    $path = getenv('PAYSTATE_DATABASE') ?: '/var/lib/paystate/paystate.db';
    // Read-only: only the daemon may write. It is closed at the end of this function: a read that stays open keeps the
    // daemon's log from being emptied, so it is not PDO::ATTR_PERSISTENT.
    $database = new PDO("sqlite:$path", null, null, [
        PDO::SQLITE_ATTR_OPEN_FLAGS => PDO::SQLITE_OPEN_READONLY,
        PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION,
        PDO::ATTR_TIMEOUT => 5,
    ]);
    $statement = $database->prepare('SELECT max(paid) FROM orders WHERE account = ? AND reference = ?');
    $statement->execute([$account, $reference]);
    return (int) $statement->fetchColumn() === 1; // the highest of all currencies; NULL where the order is not known
}

if (PHP_SAPI === 'cli' && realpath($argv[0]) === __FILE__) {
    if ($argc !== 3) {
        fwrite(STDERR, "usage: is-paid-from-file.php ACCOUNT REFERENCE\n");
        exit(64);
    }
    try {
        $paid = isPaid($argv[1], $argv[2]);
    } catch (PDOException $error) {
        fwrite(STDERR, $error->getMessage() . "\n");
        exit(2);
    }
    echo $paid ? "paid\n" : "not paid\n";
    exit($paid ? 0 : 1);
}
