<?php

declare(strict_types=1);

/** A callback of ecommpay, checked as ecommpay's own library checks it: parsed, flattened, sorted, signed again, compared. */
final class EcommpayCallback
{
    private array $members;
    private mixed $signature;

    public function __construct(string $body)
    {
        $members = json_decode($body, true);
        $this->members = is_array($members) ? $members : [];
        $this->signature = $this->members['signature'] ?? $this->members['general']['signature'] ?? null;
        self::strip($this->members);
    }

    public function isSigned(string $secret): bool
    {
        $lines = self::lines($this->members);
        ksort($lines, SORT_NATURAL);
        $expected = base64_encode(hash_hmac('sha512', implode(';', $lines), $secret, true));
        return is_string($this->signature) && hash_equals($expected, $this->signature);
    }

    public function payment(): string
    {
        return $this->members['payment']['id'];
    }

    public function status(): string
    {
        return $this->members['payment']['status'];
    }

    /** @return array<string, string> `path:value` by path */
    private static function lines(array $members, string $prefix = ''): array
    {
        $lines = [];
        foreach ($members as $key => $value) {
            $path = $prefix . str_replace(':', '::', (string) $key);
            if (is_array($value)) {
                $lines += self::lines($value, "$path:");
            } else {
                $lines[$path] = "$path:" . (is_bool($value) ? (int) $value : $value);
            }
        }
        return $lines;
    }

    private static function strip(array &$members): void
    {
        unset($members['signature'], $members['frame_mode']);
        foreach ($members as &$value) {
            if (is_array($value)) {
                self::strip($value);
            }
        }
    }
}
