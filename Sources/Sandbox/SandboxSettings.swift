/// What a sandbox plays, and how.
package struct SandboxSettings: Sendable {
    package var accounts: [SandboxAccount]
    package var host = "127.0.0.1"
    /// 0 takes a free one.
    package var port = 8090
    /// Payments that begin by themselves, a second; 0 makes them on request only.
    package var rate = 0.0
    /// How often each life is led, relative to the others.
    package var lives = Life.usualWeights
    package var misbehaviour = Misbehaviour()
    /// The same seed makes the same payments, which lead the same lives.
    package var seed: UInt64
    /// How many times faster than at the gateways everything happens: lives, and the pauses before callbacks come again.
    package var timeScale = 1.0
    /// How many payments are remembered after their last event and callback; older ones are forgotten, and no longer found.
    package var remembered = 10_000
    /// Callbacks under way at the same time, at most.
    package var connections = 16
    /// Callbacks waiting to be sent (again), at most: above it no payments are made.
    package var waiting = 20_000

    package init(accounts: [SandboxAccount], seed: UInt64) {
        self.accounts = accounts
        self.seed = seed
    }

    func scaled(_ duration: Duration) -> Duration { duration / timeScale }
}
