<?php
// Writes natural.json: bodies with odd keys, signed in the order of PHP's own ksort with SORT_NATURAL.
mt_srand(20261122);
$alphabets = [" 01ab", "0123456789", "0 1-", "a_0129 ", "01.x", "kK019 "];
$vectors = [];
for ($n = 0; $n < 120; $n++) {
    $alphabet = $alphabets[$n % count($alphabets)];
    $word = function (int $least, int $most) use ($alphabet): string {
        $text = "";
        for ($length = mt_rand($least, $most); strlen($text) < $length;) {
            $text .= $alphabet[mt_rand(0, strlen($alphabet) - 1)];
        }
        return $text;
    };
    $prefix = $word(0, 12);
    $body = new stdClass();
    $lines = [];
    for ($i = 0; $i < 2 + $n % 4; $i++) {
        // No two keys that are equal to strnatcmp: PHP's order of those depends on its sort's own history.
        $key = $prefix . $word(1, 6);
        foreach ($lines as $other => $_) {
            if (strnatcmp((string)$other, $key) == 0) continue 2;
        }
        $body->{$key} = (string)$i;
        $lines[$key] = "$key:$i";
    }
    ksort($lines, SORT_NATURAL);
    $body->signature = base64_encode(hash_hmac("sha512", implode(";", $lines), "new", true));
    $vectors[] = json_encode($body, JSON_UNESCAPED_UNICODE);
}
file_put_contents(__DIR__ . "/natural.json", json_encode($vectors, JSON_PRETTY_PRINT | JSON_UNESCAPED_SLASHES) . "\n");
