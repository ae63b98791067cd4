/// What differs between the dialect that all engines share and PostgreSQL's own.
enum PostgreSQLDialect {
    /// Writes the parameters of a statement as PostgreSQL has them: `?` and `?2` become `$1` and `$2`.
    static func numbered(_ sql: String) -> String {
        var result = ""
        var (count, isQuoted, isNumbered) = (0, false, false)
        for character in sql {
            if isNumbered, !character.isWholeNumber {
                isNumbered = false
                if result.last == "$" {
                    count += 1
                    result += "\(count)"
                }
            }
            if character == "'" { isQuoted.toggle() }
            if character == "?", !isQuoted {
                result += "$"
                isNumbered = true
            } else {
                result.append(character)
            }
        }
        return result.last == "$" ? result + "\(count + 1)" : result
    }
}
