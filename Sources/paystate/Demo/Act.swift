import ServiceLifecycle

/// A part of the demo that is a service.
struct Act: Service {
    let work: @Sendable () async throws -> Void

    init(_ work: @escaping @Sendable () async throws -> Void) {
        self.work = work
    }

    func run() async throws { try await work() }
}
