<?php

/**
 * Paystate's admin API: tell it of a payment, and ask whether an order is paid. Needs php-curl.
 *
 *     php paystate.php watch eu-shop ORDER-17 5200 EUR
 *     php paystate.php is-paid eu-shop ORDER-17
 *
 * PAYSTATE_ADMIN in the environment is the admin address: the socket, which members of the group paystate may use
 * (www-data must be one), or http://127.0.0.1:8081. `is-paid` exits with 0 (paid), 1 (not paid) or 2 (nobody knows: ask
 * again).
 */

declare(strict_types=1);

namespace Paystate;

use JsonException;
use RuntimeException;

/** Paystate did not do what it was asked for, or did not answer. That says nothing about the payment. */
final class Unavailable extends RuntimeException
{
}

/** What Paystate answers. */
function ask(string $method, string $path, ?array $value = null): array
{
    $admin = getenv('PAYSTATE_ADMIN') ?: '/run/paystate/admin.sock';
    $isTCP = str_starts_with($admin, 'http://');
    if (!$isTCP && !str_starts_with($admin, '/')) {
        throw new Unavailable("PAYSTATE_ADMIN must begin with http://, or with / for a socket; it is $admin");
    }
    $request = curl_init(($isTCP ? rtrim($admin, '/') : 'http://localhost') . $path);
    curl_setopt_array($request, [
        CURLOPT_CUSTOMREQUEST => $method,
        CURLOPT_RETURNTRANSFER => true,
        CURLOPT_TIMEOUT => 5,
        CURLOPT_PROXY => '',
    ]);
    if (!$isTCP) {
        curl_setopt($request, CURLOPT_UNIX_SOCKET_PATH, $admin);
    }
    if ($value !== null) {
        curl_setopt($request, CURLOPT_POSTFIELDS, json_encode($value, JSON_THROW_ON_ERROR));
        curl_setopt($request, CURLOPT_HTTPHEADER, ['Content-Type: application/json']);
    }
    $text = curl_exec($request);
    if ($text === false) {
        throw new Unavailable("no answer at $admin: " . curl_error($request));
    }
    $status = curl_getinfo($request, CURLINFO_RESPONSE_CODE);
    if ($status !== 200) {
        throw new Unavailable("$method " . strtok($path, '?') . ": $status " . trim($text));
    }
    try {
        $answer = json_decode($text, true, 32, JSON_THROW_ON_ERROR);
    } catch (JsonException $error) {
        throw new Unavailable("$admin does not answer with JSON: {$error->getMessage()}", 0, $error);
    }
    return is_array($answer) ? $answer : throw new Unavailable("$admin does not answer with an object");
}

/**
 * Tells Paystate of a payment when you create it, so that the gateway is polled although no callback comes. `$names`:
 * payment_id (ecommpay); token or uid, and reference (eComCharge). If it fails, log that and let the buyer pay:
 * watching again later, also twice, is harmless.
 */
function watch(string $account, int $amountMinor, string $currency, array $names): array
{
    $payment = ['account' => $account, 'amount_minor' => $amountMinor, 'currency' => $currency, ...$names];
    return ask('POST', '/v1/watch', $payment);
}

/** Whether the order is paid now. Throws Unavailable where that cannot be known: never take that for false. */
function isPaid(string $account, string $reference): bool
{
    $query = http_build_query(['account' => $account, 'reference' => $reference]);
    $orders = ask('GET', "/v1/orders?$query")['orders'] ?? null;
    if (!is_array($orders)) {
        throw new Unavailable('Paystate does not answer with orders');
    }
    foreach ($orders as $order) { // one for each currency
        if ($order['paid']) {
            return true;
        }
    }
    return false;
}

function main(array $arguments): int
{
    try {
        if (count($arguments) === 5 && $arguments[0] === 'watch' && ctype_digit($arguments[3])) {
            [, $account, $payment, $amount, $currency] = $arguments;
            echo json_encode(watch($account, (int) $amount, $currency, ['payment_id' => $payment])), "\n";
            return 0;
        }
        if (count($arguments) === 3 && $arguments[0] === 'is-paid') {
            $paid = isPaid($arguments[1], $arguments[2]);
            echo $paid ? "paid\n" : "not paid\n";
            return $paid ? 0 : 1;
        }
    } catch (Unavailable $error) {
        fwrite(STDERR, $error->getMessage() . "\n");
        return 2;
    }
    fwrite(STDERR, "usage: paystate.php watch ACCOUNT PAYMENT AMOUNT CURRENCY | is-paid ACCOUNT REFERENCE\n");
    return 64;
}

if (PHP_SAPI === 'cli' && realpath($argv[0]) === __FILE__) {
    exit(main(array_slice($argv, 1)));
}
