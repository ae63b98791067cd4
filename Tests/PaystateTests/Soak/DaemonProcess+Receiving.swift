import AsyncHTTPClient
import Gateways
import NIOCore
import NIOHTTP1
import Sandbox
import TestSupport
import Testing

extension DaemonProcess {
    /// Posts a callback about an ecommpay payment, signed with the sandbox's key, and expects it to be acknowledged.
    func receive(_ payment: String, _ status: String, account: String = "ecp") async throws {
        let body: JSON = [
            "project_id": .integer(SandboxKeys.projectID),
            "payment": ["id": .string(payment), "status": .string(status)],
        ]
        let secret = Secret(name: "test", bytes: Array(SandboxKeys.secret.utf8))
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(callbacks)/callbacks/\(account)")
        request.method = .POST
        request.body = .bytes(ByteBuffer(bytes: body.signed(with: secret).bytes))
        let answer = try await HTTPClient.shared.execute(request, timeout: .seconds(10))
        #expect(answer.status.code == 200)
    }
}
