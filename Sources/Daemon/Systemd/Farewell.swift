import ServiceLifecycle

/// Tells systemd of the graceful stop as it begins: the last of the services is the first to be stopped.
struct Farewell: Service {
    let announcer: Announcer

    func run() async throws {
        try await gracefulShutdown()
        announcer.isStopping()
    }
}
