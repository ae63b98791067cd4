package import Payments

/// Why the ledger stays as it was configured before.
package enum AdoptionError: Error, Equatable, CustomStringConvertible {
    case otherGateway(OtherGateway)
    case notRecorded(RecordingError)

    package var description: String {
        switch self {
        case .otherGateway(let error): error.description
        case .notRecorded(let error): error.description
        }
    }
}

extension Ledger {
    /// Goes on with other accounts and by other rules: all of it, or nothing. New accounts are durable when it returns; those
    /// that are no longer named keep their rows, and what is under way about them is still recorded.
    package func adopt(
        accounts: [LedgerAccount],
        schedule: PollSchedule,
        quota: RefusalQuota,
        capacity: Int
    ) async throws(AdoptionError) {
        let result: Result<Result<AccountRows, OtherGateway>, RecordingError> =
            await withCheckedContinuation { continuation in
                let caller = WaitingRoom.Caller(
                    continuation,
                    { transaction in try AccountRows.laid(accounts, in: transaction) },
                    settle: { [self] rows in
                        guard case .success(let rows) = rows else { return }
                        writer.adopt(accounts: rows, schedule: schedule, quota: quota)
                        room.resize(to: capacity)
                    }
                )
                // A queue that is full may be why the configuration is read again.
                admit(caller, isUrgent: true)
            }
        switch result {
        case .failure(let error): throw .notRecorded(error)
        case .success(.failure(let error)): throw .otherGateway(error)
        case .success(.success): return
        }
    }
}

extension AccountRows {
    /// The rows as part of a transaction; others share it, so a conflict must not undo what they do.
    fileprivate static func laid(
        _ accounts: [LedgerAccount],
        in transaction: Transaction
    ) throws -> Result<AccountRows, OtherGateway> {
        do {
            return .success(try AccountRows(accounts, in: transaction.statements.database))
        } catch let error as OtherGateway {
            return .failure(error)
        }
    }
}
