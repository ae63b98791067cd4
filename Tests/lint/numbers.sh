#!/bin/sh
# Finds arithmetic that ends the process where a number is extreme: what a gateway, a person, a file or a clock supplies goes through
# Sources/Payments/FixedWidthInteger+Saturating.swift and Timestamp.swift, which stop at the limits.
#
# The sandbox makes its amounts itself. Where a number cannot be extreme, the line says why: `// Cannot overflow: …` at its end, or on the line before.
cd "$(dirname "$0")/../.." || exit 1
find Sources -name '*.swift' ! -name 'FixedWidthInteger+Saturating.swift' ! -path '*/Payments/Timestamp.swift' | sort | xargs awk '
    FNR == 1 { isText = 0; isExcused = 0 }
    {
        line = $0
        # What stands in strings is no arithmetic of ours, but for SQL, whose abs() fails as well.
        quotes = gsub(/"""/, "", line)
        code = isText || quotes ? "" : line
        if (quotes == 1) isText = !isText
        gsub(/"([^"\\]|\\.)*"/, "\"\"", code)
        isComment = code ~ /^[ \t]*\/\//
        sub(/\/\/.*/, "", code)
        what = ""
        if (line !~ /^[ \t]*\/\// && line ~ /(^|[^A-Za-z_])abs\(/) what = "abs traps, and fails in SQL, for the least number: use magnitudeSaturated"
        else if (code ~ /(^|[ ([,:!])-[a-z_(]/) what = "negation traps for the least number: use negatedSaturated"
        else if (code ~ /\.milliseconds [-+*] / || code ~ / [-+*] [A-Za-z_.?]*(\(\))?\.milliseconds([^A-Za-z_(]|$)/)
            what = "a time may be any number: subtract timestamps, add durations"
        else if (code ~ /(^|[^A-Za-z_])U?Int(8|16|32|64)?\(.*(Double|rounded\(|pow\()/)
            what = "a floating number may be too large for an integer: bound it first"
        else if (code ~ /(^|[^A-Za-z_])(amount|minor|attempt|captured|refunded|chargedBack|paidOut|held|balance|surcharge|taken) [-+*]=? / && FILENAME !~ /^Sources\/(Sandbox|Narration|paystate)\//)
            what = "it may be any number: use addingSaturated and its like"
        if (what != "" && line !~ /Cannot overflow:/ && !isExcused) { print FILENAME ":" FNR ": " what; found = 1 }
        isExcused = line ~ /Cannot overflow:/
    }
    END { exit found }
' || exit 1
