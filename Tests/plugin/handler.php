<?php

/**
 * The callback handler of a shop's plugin, for `php -S`: it proves each callback by itself, and answers 200.
 *
 * $PLUGIN_FOLDER has its settings (settings.json), and what became of each request: a line in `accepted` or `refused`, in order. A
 * payment whose name is a file in `broken` is answered 500.
 */

declare(strict_types=1);

require __DIR__ . '/EcommpayCallback.php';
require __DIR__ . '/EComChargeWebhook.php';

$folder = getenv('PLUGIN_FOLDER');
$settings = json_decode(file_get_contents("$folder/settings.json"), true, 8, JSON_THROW_ON_ERROR);
$body = file_get_contents('php://input');

function note(string $file, array $line): void
{
    // The first line break ends a line that a kill cut short.
    file_put_contents($file, "\n" . json_encode($line, JSON_THROW_ON_ERROR) . "\n", FILE_APPEND | LOCK_EX);
}

/** The callback, if it is proved. */
function proved(string $account, array $settings, string $body): EcommpayCallback|EComChargeWebhook|null
{
    switch ($account) {
        case 'ecommpay':
            $callback = new EcommpayCallback($body);
            return $callback->isSigned($settings['ecommpay_secret']) ? $callback : null;
        case 'signed':
            $callback = new EComChargeWebhook($body);
            return $callback->isSigned($settings['public_key']) ? $callback : null;
        case 'basic':
            $callback = new EComChargeWebhook($body);
            return $callback->isAuthorized($settings['shop_id'], $settings['shop_secret']) ? $callback : null;
        default:
            return null;
    }
}

$account = $_GET['wc-api'] ?? '';
$isOurs = hash_equals($settings['key'], $_GET['key'] ?? '') && $_SERVER['REQUEST_METHOD'] === 'POST';
$callback = $isOurs ? proved($account, $settings, $body) : null;
if ($callback === null) {
    note("$folder/refused", ['account' => $account, 'body' => base64_encode($body)]);
    http_response_code(403);
    exit;
}
$payment = $callback->payment();
if (is_file("$folder/broken/$payment")) {
    note("$folder/failed", ['account' => $account, 'payment' => $payment]);
    http_response_code(500);
    exit;
}
note("$folder/accepted", [
    'account' => $account,
    'payment' => $payment,
    'status' => $callback->status(),
    'body' => base64_encode($body),
    'type' => $_SERVER['HTTP_CONTENT_TYPE'] ?? null,
    'sender' => $_SERVER['HTTP_X_FORWARDED_FOR'] ?? null,
    'callback' => $_SERVER['HTTP_PAYSTATE_CALLBACK'] ?? null,
    'attempt' => $_SERVER['HTTP_PAYSTATE_ATTEMPT'] ?? null,
]);
echo 'OK';
