import GRDB

extension LedgerError {
    /// Why a ledger could not be opened.
    init(_ error: any Error, at path: String) {
        switch error {
        case let error as LedgerError: self = error
        case let error as DatabaseError where error.resultCode == .SQLITE_NOTADB: self = .isForeign(path: path)
        case let error as DatabaseError where error.resultCode == .SQLITE_CORRUPT:
            self = .isDamaged(path: path, reason: error.reason)
        case let error as DatabaseError:
            switch WriteFailure(error, in: nil) {
            case .fatal(let reason), .unavailable(.diskIsFull, let reason), .unavailable(.diskIsReadOnly, let reason):
                self = .cannotWrite(path: path, reason: reason)
            case .unavailable, .refused: self = .cannotOpen(path: path, reason: "\(error)")
            }
        default: self = .cannotOpen(path: path, reason: "\(error)")  // Errors are an open set.
        }
    }
}
