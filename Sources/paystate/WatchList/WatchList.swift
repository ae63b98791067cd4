package import Daemon
import Foundation
import Narration

/// A CSV file of payments to watch: what its header says about the rows.
package struct WatchList: Sendable {
    /// Why the file as a whole cannot be read.
    package enum Problem: Error, Equatable {
        case unreadable(CSVLine.Problem)
        case unknownColumn(String)
        case repeatedColumn(String)
        case noName
        case noAccount
    }

    /// Why a row is bad.
    package enum BadRow: Error, Equatable {
        case unreadable(CSVLine.Problem)
        case fields(count: Int, wanted: Int)
        case refused(APIError)
    }

    private let columns: [String]
    /// The account of rows without one.
    private let account: String?

    /// Reads the header row.
    package init(header: [UInt8], account: String?) throws(Problem) {
        var columns: [String] = []
        do {
            columns = try CSVLine(header).fields.map { $0.trimmingCharacters(in: .whitespaces) }
        } catch {
            throw .unreadable(error)
        }
        let known = InstructionRequest.keys(of: .watch)
        for (index, column) in columns.enumerated() {
            guard known.contains(column) else { throw .unknownColumn(column) }
            guard !columns[..<index].contains(column) else { throw .repeatedColumn(column) }
        }
        let names = InstructionRequest.Verb.watch.names.map(\.rawValue)
        guard columns.contains(where: names.contains) else { throw .noName }
        guard columns.contains("account") || account != nil else { throw .noAccount }
        self.columns = columns
        self.account = account
    }

    /// Reads a row; empty fields count as missing.
    package func request(of line: [UInt8]) throws(BadRow) -> InstructionRequest {
        let row: [String]
        do {
            row = try CSVLine(line).fields
        } catch {
            throw .unreadable(error)
        }
        guard row.count == columns.count else { throw .fields(count: row.count, wanted: columns.count) }
        var fields: [String: InstructionRequest.Field] = [:]
        if let account { fields["account"] = .text(account) }
        for (column, text) in zip(columns, row) where !text.isEmpty { fields[column] = .text(text) }
        do {
            return try InstructionRequest(.watch, fields)
        } catch {
            throw .refused(error)
        }
    }
}

extension WatchList.Problem: CustomStringConvertible {
    package var description: String {
        let keys = InstructionRequest.keys(of: .watch).joined(separator: ",")
        return switch self {
        case .unreadable(let problem): problem.explained(of: "the header")
        case .unknownColumn(let column):
            """
            «\(Terminal.harmless(column))» is not a column: the first row names the columns, separated by commas: \
            \(keys)
            """
        case .repeatedColumn(let column): "the column \(column) is given twice"
        case .noName: "no column names the payments: add payment_id, uid or token to the first row"
        case .noAccount: "no column names the account: add account to the first row, or give --account"
        }
    }
}

extension WatchList.BadRow: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unreadable(let problem): problem.explained(of: "the row")
        case .fields(let count, let wanted):
            "the row has \(count) field\(count == 1 ? "" : "s"), the header has \(wanted)"
        case .refused(let refusal): "\(refusal)"
        }
    }
}
