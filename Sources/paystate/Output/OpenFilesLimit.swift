import ConfigurationFile
import Daemon
import Glibc

/// The limit on the files and sockets that this process may have open at once (RLIMIT_NOFILE).
struct OpenFilesLimit {
    /// Descriptors for the database, the log, admin clients, and polls.
    private static let besidesConnections = 64

    let count: Int

    /// Raises it to the highest allowed value. Programs start with a low one for the sake of those that use select(2).
    static func raise() -> OpenFilesLimit {
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else { return OpenFilesLimit(count: 0) }
        if limit.rlim_cur < limit.rlim_max {
            var raised = limit
            raised.rlim_cur = limit.rlim_max
            if setrlimit(resource, &raised) == 0 { limit = raised }
        }
        return OpenFilesLimit(count: Int(clamping: limit.rlim_cur))
    }

    func suffices(for limits: Configuration.Limits) -> Bool {
        limits.connections <= count - Self.besidesConnections
    }
}
