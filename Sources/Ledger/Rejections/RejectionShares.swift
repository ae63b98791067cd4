import Glibc

/// The sender of a rejected request: each sender has a share of the stored rejections.
struct RejectedSender<Account: Hashable & Sendable>: Hashable, Sendable {
    let account: Account
    /// An IPv4 address, or the /64 network that one sender usually has for itself; empty if no address is known.
    let network: String
}

extension RejectedSender {
    init(_ account: Account, address: String?) {
        self.init(account: account, network: address.map { Self.network(of: $0) } ?? "")
    }

    private static func network(of address: String) -> String {
        var bytes = in6_addr()
        guard inet_pton(AF_INET6, address, &bytes) == 1 else { return address }
        // The sender can choose the second half freely.
        withUnsafeMutableBytes(of: &bytes) { bytes in
            for index in 8..<16 { bytes[index] = 0 }
        }
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        inet_ntop(AF_INET6, &bytes, &text, socklen_t(text.count))
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self) + "/64"
    }
}

/// How much of the stored rejections belongs to each account and sender.
struct RejectionShares<Account: Hashable & Sendable>: Sendable {
    struct Amount: Sendable {
        var rows = 0
        var bytes = 0

        fileprivate mutating func add(_ rows: Int, _ bytes: Int) {
            self.rows += rows
            self.bytes += bytes
        }
    }

    private(set) var total = Amount()
    private var accounts: [Account: Amount] = [:]
    private var senders: [Account: [String: Amount]] = [:]

    mutating func add(_ sender: RejectedSender<Account>, rows: Int = 1, bytes: Int) {
        total.add(rows, bytes)
        accounts[sender.account, default: Amount()].add(rows, bytes)
        senders[sender.account, default: [:]][sender.network, default: Amount()].add(rows, bytes)
        guard senders[sender.account]?[sender.network]?.rows == 0 else { return }
        senders[sender.account]?[sender.network] = nil
        guard accounts[sender.account]?.rows == 0 else { return }
        (accounts[sender.account], senders[sender.account]) = (nil, nil)
    }

    mutating func remove(_ sender: RejectedSender<Account>, bytes: Int) {
        // Cannot overflow: it is the size of a body that was received.
        add(sender, rows: -1, bytes: -bytes)
    }

    /// Who has to make room: the largest sender of the largest account.
    func largest(by amount: KeyPath<Amount, Int>) -> RejectedSender<Account>? {
        guard let account = accounts.max(by: { $0.value[keyPath: amount] < $1.value[keyPath: amount] })?.key,
            let network = senders[account]?.max(by: { $0.value[keyPath: amount] < $1.value[keyPath: amount] })?.key
        else { return nil }
        return RejectedSender(account: account, network: network)
    }
}
