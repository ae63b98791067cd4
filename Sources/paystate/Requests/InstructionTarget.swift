import ArgumentParser
import AsyncHTTPClient
import ConfigurationFile
import Daemon
import Glibc
import Ledger
import Telemetry

/// What carries out instructions: the running daemon, or else this command, which holds the ledger for as long as it
/// needs.
enum InstructionTarget: Sendable {
    case daemon(AdminClient)
    case ledger(Ledger, accounts: [LedgerAccount])

    /// Finds the target, and releases it when the work is done.
    ///
    /// - Throws: an exit code, after reporting why there is no target, or why it did not carry out the instruction.
    static func with<Output>(
        _ configuration: Configuration.PublicConfiguration,
        _ work: (InstructionTarget) async throws -> Output
    ) async throws -> Output {
        do {
            return try await find(configuration, work)
        } catch let error as InstructionFailure {
            printError(error.explanation)
            throw error.exitCode
        } catch let failure as FatalLedgerError {
            printError("\(failure)")
            throw SysExit.inputOutput
        }
    }

    private static func find<Output>(
        _ configuration: Configuration.PublicConfiguration,
        _ work: (InstructionTarget) async throws -> Output
    ) async throws -> Output {
        try await HTTPClient.withHTTPClient(configuration: AdminClient.configuration) { http in
            var silences: [String] = []
            for address in configuration.admin {
                let client = AdminClient(address: address, http: http)
                guard let silence = await client.silence() else { return try await work(.daemon(client)) }
                silences.append("\(address): \(silence)")
            }
            let ledger = try hold(configuration, silences)
            let output: Output
            do {
                output = try await work(.ledger(ledger, accounts: configuration.ledgerAccounts))
            } catch {
                // If the disk failed, that is the error to report.
                try await ledger.finish()
                throw error
            }
            try await ledger.finish()
            return output
        }
    }

    /// Carries out an instruction; it is durable when this returns.
    func follow(_ request: InstructionRequest) async throws(InstructionFailure) -> InstructionAnswer {
        switch self {
        case .daemon(let client): return try await client.follow(request)
        case .ledger(let ledger, let accounts):
            do {
                return try await ledger.follow(request, for: accounts, at: .now())
            } catch {
                throw InstructionFailure(error)
            }
        }
    }

    /// Whether a daemon polls and delivers as soon as that is due; without one, it is done when one starts.
    var isDaemon: Bool {
        switch self {
        case .daemon: true
        case .ledger: false
        }
    }
}

extension InstructionTarget {
    /// Opens the ledger as the daemon does, because no daemon answers.
    private static func hold(
        _ configuration: Configuration.PublicConfiguration,
        _ silences: [String]
    ) throws -> Ledger {
        umask(0o027)
        if case .file(let path) = configuration.database, let owner = foreignOwner(of: path) {
            printError(
                """
                no daemon answers, and \(path) belongs to \(owner): as root, this would leave files that its daemon \
                cannot open; run this as that user (sudo -u \(owner) paystate …), or start the daemon
                """
            )
            throw SysExit.unavailable
        }
        do throws(LedgerError) {
            return try configuration.openLedger()
        } catch .isLocked(let path, let holder) where silences.isEmpty {
            printError(
                """
                a daemon\(holder) holds \(path), but the configuration has no `admin` address to reach it by: add one, \
                such as admin: [/run/paystate/admin.sock], and restart it
                """
            )
            throw SysExit.unavailable
        } catch .isLocked(let path, let holder) {
            printError(
                """
                a daemon\(holder) holds \(path), but its admin listener does not answer; does it run with this \
                configuration, and may this user reach it?
                """
            )
            for silence in silences { printError("  \(silence)") }
            throw SysExit.unavailable
        } catch {
            printError("\(error)")
            throw error.exitCode
        }
    }

    /// The owner of a database file, or of its folder, if this is root and the owner is not.
    static func foreignOwner(of database: String) -> String? {
        guard geteuid() == 0 else { return nil }
        let folder = database.lastIndex(of: "/").map { database[..<$0] } ?? "."
        var status = stat()
        guard stat(database, &status) == 0 || stat(folder.isEmpty ? "/" : String(folder), &status) == 0,
            status.st_uid != 0
        else { return nil }
        return getpwuid(status.st_uid).map { String(cString: $0.pointee.pw_name) } ?? "user \(status.st_uid)"
    }
}

/// Why an instruction was not carried out, for the person who gave it.
struct InstructionFailure: Error {
    enum Reason {
        /// It cannot be carried out as it is.
        case refused
        /// Nothing of this name is known.
        case unknown
        /// Nothing was recorded; the same instruction may succeed later.
        case unavailable
    }

    let reason: Reason
    let explanation: String

    var exitCode: ExitCode {
        switch reason {
        case .refused: SysExit.usage
        case .unknown: SysExit.noInput
        case .unavailable: SysExit.unavailable
        }
    }
}

extension InstructionFailure {
    init(_ refusal: APIError) {
        explanation = refusal.description
        reason =
            switch refusal {
            case .malformed, .notAnObject, .unknownKey, .missingAccount, .missingName, .severalNames, .unusable,
                .notOfGateway, .isOperation, .unknownAccount, .closedAnomaly, .tooLarge, .notJSON, .foreignHost,
                .otherSite,
                .notPosted, .severalSelections, .notForTarget, .severalAccounts:
                .refused
            case .unknown, .unknownAnomaly, .unknownTarget, .noTarget, .unknownPayment, .unknownCallback: .unknown
            case .notRecorded: .unavailable
            }
    }
}

extension InstructionRequest {
    /// Parses typed arguments, or reports what is wrong with them and exits with 64 (EX_USAGE).
    static func typed(_ verb: Verb, _ fields: [String: String]) throws -> InstructionRequest {
        do {
            return try InstructionRequest(verb, fields.mapValues { .text($0) })
        } catch {
            printError("\(error)")
            throw SysExit.usage
        }
    }
}
