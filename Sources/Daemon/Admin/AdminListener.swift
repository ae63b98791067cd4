import ConfigurationFile
import ServiceLifecycle

/// An admin listener, which says at which address it cannot listen.
struct AdminListener: Service {
    let address: AdminAddress
    let application: any Service

    func run() async throws {
        do {
            try await application.run()
        } catch {
            guard let failure = ListenError(error, at: address.description, for: .admin) else { throw error }
            throw failure
        }
    }
}
