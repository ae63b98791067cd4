extension WaitingRoom {
    /// One caller, who resumes after its own batch is durable.
    struct Caller: Sendable {
        /// What is done in the transaction. It gives what tells the caller once the transaction is durable.
        let work: @Sendable (inout Transaction) throws -> @Sendable () -> Void
        /// Tells the caller that nothing was done.
        let refuse: @Sendable (RecordingError) -> Void

        /// - Parameter settle: is done on the writer's queue once the transaction is durable, before the next one begins.
        init<Output: Sendable>(
            _ continuation: CheckedContinuation<Result<Output, RecordingError>, Never>,
            _ work: @escaping @Sendable (inout Transaction) throws -> Output,
            settle: @escaping @Sendable (Output) -> Void = { _ in }
        ) {
            self.work = { transaction in
                let output = try work(&transaction)
                return {
                    settle(output)
                    continuation.resume(returning: .success(output))
                }
            }
            refuse = { continuation.resume(returning: .failure($0)) }
        }
    }
}
