/// Why a request to the sandbox's API is refused, for the person who sent it.
struct SandboxProblem: Error {
    let status: Int
    let message: String

    /// The request is not what it should be.
    static func request(_ message: String) -> SandboxProblem { SandboxProblem(status: 422, message: message) }

    static func notFound(_ message: String) -> SandboxProblem { SandboxProblem(status: 404, message: message) }

    /// It is as it should be, but cannot be done now.
    static func conflict(_ message: String) -> SandboxProblem { SandboxProblem(status: 409, message: message) }
}
