extension PostgreSQLConnection {
    /// Begins to copy rows into a table, apart from pipelines: nothing else can be sent until ``endCopy()``.
    ///
    /// What fails here or there leaves the connection of no use.
    func beginCopy(_ sql: String) throws(PostgreSQLError) {
        try sync()
        guard api.exitPipelineMode(connection) == 1, api.sendQuery(connection, sql) == 1 else { throw lose() }
        let deadline = ContinuousClock.now + patience
        try flush(until: deadline)
        guard let result = try nextResult(until: deadline) else { throw lose("the server sent no result") }
        defer { api.clear(result) }
        guard ResultStatus(rawValue: api.resultStatus(result)) == .copyBegan else {
            isLost = true
            throw PostgreSQLError(of: result, api)
        }
    }

    /// Sends a part of the rows, as `COPY` takes them. The server may say only at the end that it does not take them.
    func sendCopy(_ bytes: [UInt8]) throws(PostgreSQLError) {
        let deadline = ContinuousClock.now + patience
        while true {
            let taken = bytes.withUnsafeBytes { bytes in
                guard let start = bytes.baseAddress else { return CInt(1) }
                return api.putCopyData(connection, start.assumingMemoryBound(to: CChar.self), CInt(bytes.count))
            }
            guard taken >= 0 else { throw lose() }
            // It would keep in memory whatever the server has not taken yet.
            try flush(until: deadline)
            if taken == 1 { return }
        }
    }

    func endCopy() throws(PostgreSQLError) {
        let deadline = ContinuousClock.now + patience
        while true {
            let ended = api.putCopyEnd(connection, nil)
            guard ended >= 0 else { throw lose() }
            try flush(until: deadline)
            if ended == 1 { break }
        }
        if let failure = try failure(until: deadline) {
            isLost = true
            throw failure
        }
        guard api.enterPipelineMode(connection) == 1 else { throw lose() }
    }
}
