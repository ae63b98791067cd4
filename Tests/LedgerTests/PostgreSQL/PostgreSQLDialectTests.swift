import Testing

@testable import Ledger

/// The parameters of the common dialect, as PostgreSQL has them.
@Suite struct PostgreSQLDialectTests {
    @Test(arguments: [
        ("", ""), ("SELECT 1", "SELECT 1"), ("?", "$1"), ("SELECT ?", "SELECT $1"),
        ("a = ? AND b = ? OR c = ?", "a = $1 AND b = $2 OR c = $3"), ("(?,?)", "($1,$2)"),
        ("?1 = a AND ?2 = b AND ?1 = c", "$1 = a AND $2 = b AND $1 = c"), ("?12 + ?3", "$12 + $3"),
        ("'?' || ?", "'?' || $1"), ("'it''s ?' = ?", "'it''s ?' = $1"), ("'' || ? || '?1'", "'' || $1 || '?1'"),
        ("VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"),
    ])
    func `a parameter has its number, and a question mark in a text stays one`(_ common: String, _ own: String) {
        #expect(PostgreSQLDialect.numbered(common) == own)
    }
}
