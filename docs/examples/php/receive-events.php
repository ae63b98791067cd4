<?php

/**
 * Receives what Paystate tells by `notify`, and proves it as Standard Webhooks wants it. Needs php-sqlite3. Put it
 * behind php-fpm, or try it with
 *
 *     PAYSTATE_NOTIFY_SECRET=whsec_… EVENTS=events.db php -S 127.0.0.1:8095 receive-events.php
 *
 * EVENTS names the file that keeps the ids of the events that were dealt with. Events come at least once, and in order:
 * the next one comes when this one was answered 2xx. Whatever is answered otherwise comes again, for three days unless
 * `give_up_after` says otherwise.
 */

declare(strict_types=1);

const LARGEST = 64 * 1024;
const TOLERANCE = 300; // seconds that our clock and Paystate's may differ, and that an event may be on its way
const REMEMBERED = 90 * 86400; // seconds; longer than any `give_up_after`

/**
 * Your work: send the goods, tell the buyer, …. What it writes to $database and the event's id are committed together.
 * What it does elsewhere may happen twice after a crash: send `seq` along as the key by which the other side knows
 * that.
 */
function dealWith(array $event, PDO $database): void
{
    $order = $event['reference'] ?? $event['payment_id'];
    error_log("{$event['seq']} {$event['type']} $order " . ($event['paid'] ? 'paid' : 'not paid'));
}

/** Nobody knows who sent this. */
final class Unproved extends RuntimeException
{
}

/** Returns the event's id, if Paystate has signed these bytes a short while ago. $secret is `whsec_…`. */
function verify(string $secret, array $server, string $body, int $now): string
{
    $id = $server['HTTP_WEBHOOK_ID'] ?? '';
    $timestamp = $server['HTTP_WEBHOOK_TIMESTAMP'] ?? '';
    if ($id === '' || !ctype_digit($timestamp) || strlen($timestamp) > 15) {
        throw new Unproved('the webhook headers are missing');
    }
    if (abs($now - (int) $timestamp) > TOLERANCE) {
        throw new Unproved('too old, or one of the clocks is wrong');
    }
    $expected = base64_encode(hash_hmac('sha256', "$id.$timestamp.$body", keyOf($secret), true));
    // While a secret is changed there may be several.
    foreach (explode(' ', $server['HTTP_WEBHOOK_SIGNATURE'] ?? '') as $signature) {
        [$version, $code] = [...explode(',', $signature, 2), ''];
        if ($version === 'v1' && hash_equals($expected, $code)) {
            return $id;
        }
    }
    throw new Unproved('the signature is missing or wrong');
}

function keyOf(string $secret): string
{
    $key = base64_decode(preg_replace('/^whsec_/', '', $secret), true);
    // With an empty key anybody could sign.
    return $key ?: throw new LogicException('PAYSTATE_NOTIFY_SECRET is missing, or no key');
}

/** Deals with an event once, whoever sends it however often. */
function accept(string $id, array $event, string $path): void
{
    $database = new PDO("sqlite:$path", null, null, [
        PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION,
        PDO::ATTR_TIMEOUT => 10,
    ]);
    $database->exec('PRAGMA synchronous = FULL');
    $database->exec('CREATE TABLE IF NOT EXISTS event (id TEXT PRIMARY KEY, at INTEGER NOT NULL)');
    $database->exec('BEGIN IMMEDIATE');
    try {
        $statement = $database->prepare("INSERT OR IGNORE INTO event VALUES (?, strftime('%s', 'now'))");
        $statement->execute([$id]);
        if ($statement->rowCount() === 1) {
            dealWith($event, $database);
            $database->exec("DELETE FROM event WHERE at < strftime('%s', 'now') - " . REMEMBERED);
        }
        $database->exec('COMMIT');
    } catch (Throwable $error) {
        $database->exec('ROLLBACK');
        throw $error;
    }
}

/** The status to answer with. */
function receive(): int
{
    if ($_SERVER['REQUEST_METHOD'] !== 'POST') {
        return 405;
    }
    $body = file_get_contents('php://input', false, null, 0, LARGEST + 1);
    if ($body === false || strlen($body) > LARGEST) {
        return 413;
    }
    try {
        $id = verify(getenv('PAYSTATE_NOTIFY_SECRET') ?: '', $_SERVER, $body, time());
        $event = json_decode($body, true, 32, JSON_THROW_ON_ERROR);
        accept($id, $event, getenv('EVENTS') ?: throw new LogicException('EVENTS is missing'));
        return 204;
    } catch (Unproved $reason) {
        error_log("refused: {$reason->getMessage()}");
        return 401;
    } catch (Throwable $error) { // whatever it was, it is not done: the event comes again
        error_log((string) $error);
        return 500;
    }
}

http_response_code(receive());
