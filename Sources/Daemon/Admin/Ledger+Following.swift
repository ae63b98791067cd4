package import Ledger
package import Payments

extension Ledger {
    /// Does what was asked for, and returns once it is durable.
    ///
    /// - Parameter accounts: those of the configuration.
    package func follow(
        _ request: InstructionRequest,
        for accounts: [LedgerAccount],
        at now: Timestamp
    ) async throws(InstructionRefusal) -> InstructionAnswer {
        let instruction = try request.instruction(for: accounts, at: now)
        do {
            return InstructionAnswer(account: request.account, try await instruct(instruction))
        } catch {
            switch error {
            case .unknownAccount: throw .unknownAccount(request.account, known: accounts.map(\.name))
            case .unknownEntity: throw .unknown(request.name, account: request.account)
            case .impossible: throw .notOfGateway(request.name)
            case .isOperation(let payment): throw .isOperation(request.name, of: payment)
            case .notRecorded(let error): throw .notRecorded(error)
            }
        }
    }
}
