/// When the configuration is to be read again, and how that is done.
package struct Reloading: Sendable {
    /// One element each time somebody asks for it.
    let requests: any AsyncSequence<Void, Never> & Sendable
    let load: @Sendable () throws(ConfigurationError) -> Configuration

    package init(
        on requests: any AsyncSequence<Void, Never> & Sendable,
        load: @escaping @Sendable () throws(ConfigurationError) -> Configuration
    ) {
        self.requests = requests
        self.load = load
    }
}
