import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Sandbox
import TestSupport
import Testing

extension DaemonProcess {
    /// Posts a callback about an ecommpay payment, signed with the sandbox's key, and expects it to be acknowledged.
    func receive(_ payment: String, _ status: String, account: String = "ecp") async throws {
        let body = try SignedCallback.ecommpay(
            payment,
            status,
            project: Int(SandboxKeys.projectID),
            secret: SandboxKeys.secret
        )
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(callbacks)/callbacks/\(account)")
        request.method = .POST
        request.body = .bytes(ByteBuffer(string: body))
        let answer = try await HTTPClient.shared.execute(request, timeout: .seconds(10))
        #expect(answer.status.code == 200)
    }
}
