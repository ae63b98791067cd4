<?php

declare(strict_types=1);

/** A notification of eComCharge, checked as the gateway's own library for shops checks it: RSA over the bytes, or Basic. */
final class EComChargeWebhook
{
    private array $transaction;

    public function __construct(private readonly string $body)
    {
        $members = json_decode($body, true);
        $this->transaction = $members['transaction'] ?? [];
    }

    /** $publicKey is base64 of DER in one line, as the back office shows it. */
    public function isSigned(string $publicKey): bool
    {
        $lines = chunk_split($publicKey, 64, "\n");
        $key = openssl_pkey_get_public("-----BEGIN PUBLIC KEY-----\n$lines-----END PUBLIC KEY-----");
        $signature = base64_decode($_SERVER['HTTP_CONTENT_SIGNATURE'] ?? '', true);
        return $key !== false && is_string($signature) && openssl_verify($this->body, $signature, $key, OPENSSL_ALGO_SHA256) === 1;
    }

    public function isAuthorized(string $shop, string $secret): bool
    {
        return hash_equals("$shop:$secret", ($_SERVER['PHP_AUTH_USER'] ?? '') . ':' . ($_SERVER['PHP_AUTH_PW'] ?? ''));
    }

    /** What the buyer pays: a refund belongs to its parent. */
    public function payment(): string
    {
        return $this->transaction['parent_uid'] ?? $this->transaction['uid'];
    }

    public function status(): string
    {
        return "{$this->transaction['type']} {$this->transaction['status']}";
    }
}
