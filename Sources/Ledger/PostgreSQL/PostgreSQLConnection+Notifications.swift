import Glibc

extension PostgreSQLConnection {
    /// The notifications that have come.
    func takeNotifications() -> [String] {
        var payloads: [String] = []
        while let notification = api.notifies(connection) {
            payloads.append(String(cString: notification.load(as: LibPQ.Notification.self).payload))
            api.freemem(notification)
        }
        return payloads
    }

    /// Waits until the server says something, but no longer than a while.
    ///
    /// - Returns: the notifications that have come.
    func listen(for duration: Duration) throws(PostgreSQLError) -> [String] {
        var descriptor = pollfd(fd: api.socket(connection), events: Int16(POLLIN), revents: 0)
        _ = poll(&descriptor, 1, CInt(duration / .milliseconds(1)))
        guard api.consumeInput(connection) == 1 else { throw lose() }
        return takeNotifications()
    }
}
