import ConfigurationFile
import NIOHTTP1
import OutboundHTTP
import Payments
import Telemetry

/// Checks whether the gateways' status endpoints can be reached, and whether our clock agrees with theirs.
struct EndpointsCheck {
    static let name = "status endpoints"
    static let clockName = "clock"

    let probe: HTTPProbe
    let now: @Sendable () -> Timestamp

    /// Probes every base URL once. Any response counts: no payment is asked about.
    func findings(_ services: [ExternalDependencies.Service]) async -> [Finding] {
        let urls = Set(services.map(\.url)).sorted().prefix(50)
        let responses = await withTaskGroup(of: (url: String, response: Response).self) { group in
            for url in urls { group.addTask { (url, await get(url)) } }
            return await group.reduce(into: [String: Response]()) { $0[$1.url] = $1.response }
        }
        guard !responses.isEmpty else { return [Finding(Self.name, .skipped, "the configuration names none")] }
        let reached = urls.filter { responses[$0]?.failure == nil }
        let unreached = urls.compactMap { url in
            responses[url]?.failure.map { Finding(Self.name, .failure, "\(url): \($0)", advice: $0.advice) }
        }
        let all = reached.isEmpty ? [] : [Finding(Self.name, .ok, "\(reached.joined(separator: ", ")) can be reached")]
        let differences = responses.compactMap { url, response in response.ahead.map { (url, $0) } }
        return unreached + all + [Self.clock(differences)]
    }

    private struct Response: Sendable {
        var failure: TransportFailure?
        /// How far the server's clock is ahead of ours.
        var ahead: Duration?
    }

    private func get(_ url: String) async -> Response {
        let start = now()
        do {
            let answer = try await probe.get(url, readingUpTo: 0)
            let end = now()
            // The server reads its clock somewhere in between, and truncates it to the second.
            let middle = start + (end - start) / 2
            let date = answer.headers.first(name: "Date").flatMap { Timestamp(httpDate: $0, at: end) }
            return Response(ahead: date.map { $0 + .milliseconds(500) - middle })
        } catch {
            return Response(failure: error)
        }
    }

    private static func clock(_ differences: [(url: String, ahead: Duration)]) -> Finding {
        // One gateway's clock may be wrong; if ours is far from all of theirs, ours is.
        guard let least = differences.min(by: { $0.ahead.magnitude < $1.ahead.magnitude }) else {
            return Finding(clockName, .skipped, "no server sent its time")
        }
        let size = least.ahead.magnitude
        let side = least.ahead > .zero ? "behind" : "ahead of"
        let seen =
            size < .seconds(2)
            ? "as at \(least.url), to the second" : "\(Approximate.time(size)) \(side) that of \(least.url)"
        let advice = """
            set it right (`timedatectl`, systemd-timesyncd or chrony): with a wrong clock polls are sent too early or \
            too late, and times in the ledger are wrong
            """
        guard size <= .seconds(60) else { return Finding(clockName, .failure, seen, advice: advice) }
        guard size <= .seconds(5) else { return Finding(clockName, .warning, seen, advice: advice) }
        return Finding(clockName, .ok, seen)
    }
}

extension Duration {
    fileprivate var magnitude: Duration { self < .zero ? .zero - self : self }
}

/// Checks whether this machine trusts any authority that could vouch for a gateway.
struct TrustStoreCheck {
    static let name = "trusted certificates"
    static let advice =
        "`apt install ca-certificates`, then `systemctl restart paystate`: without it no gateway can be polled"

    /// Empty if no gateway is polled over TLS.
    static func findings(_ store: TrustStore, services: [ExternalDependencies.Service]) -> [Finding] {
        guard services.contains(where: { $0.url.hasPrefix("https://") }) else { return [] }
        guard store.isEmpty else { return [Finding(name, .ok, "are installed")] }
        return [Finding(name, .failure, "none are installed on this machine", advice: advice)]
    }
}
