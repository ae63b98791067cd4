import TestSupport
import Testing

/// The output and exit code of `paystate check-config`.
@Suite struct CheckConfigTests {
    private static let accounts = """
        accounts:
          eu-shop: {gateway: ecommpay, project_id: 240, secrets: [{file: key}]}
          eu-old: {gateway: ecommpay, project_id: 240, secrets: [{file: key}]}
        """

    @Test func `it tells where the gateways call back, and warns of what is unwise`() async throws {
        let run = try await check("listen: 0.0.0.0:8080\n\(Self.accounts)")
        #expect(run.status == 0)
        let output = run.output
        #expect(output.contains("account   eu-shop (ecommpay): the gateway posts callbacks to /callbacks/eu-shop\n"))
        #expect(output.contains("account   eu-old (ecommpay): the gateway posts callbacks to /callbacks/eu-old\n"))
        #expect(run.errors.contains("paystate.yaml:1: listen: 0.0.0.0:8080 is reachable from other machines"))
        let twin = "paystate.yaml:4: accounts.eu-old: is the same at the gateway as `eu-shop` in line 3"
        #expect(run.errors.contains(twin))
    }

    @Test func `it tells who receives callbacks and transitions, without the values of a query`() async throws {
        let run = try await check(
            """
            notify:
              - {to: https://app.example/paystate, name: app, secret: {file: app.key}, accounts: [eu-shop]}
              - {to: https://books.example, secret: {file: app.key}}
            accounts:
              eu-shop:
                gateway: ecommpay
                project_id: 240
                secrets: [{file: key}]
                forward: [{to: "http://127.0.0.1:8088/?wc-api=ecommpay", name: shop}]
            """
        )
        #expect(run.status == 0)
        #expect(
            run.output.hasSuffix(
                """
                account   eu-shop (ecommpay): the gateway posts callbacks to /callbacks/eu-shop
                forward   eu-shop/shop: callbacks are forwarded to http://127.0.0.1:8088/?wc-api=…
                notify    app: transitions of eu-shop are posted to https://app.example/paystate
                notify    books-example: transitions of all accounts are posted to https://books.example

                """
            )
        )
    }

    @Test func `a folder that is missing keeps the daemon from starting`() async throws {
        let run = try await check(
            "database: nowhere/p.db\nadmin: [/nowhere/a.sock]\n\(Self.accounts)"
        )
        #expect(run.status == 78)
        #expect(run.output == "")
        #expect(run.errors.contains("paystate.yaml:1: database: there is no folder "))
        #expect(run.errors.contains("paystate.yaml:2: admin[0]: there is no folder /nowhere: make it"))
    }

    private func check(_ configuration: String) async throws -> ProgramRun {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let file = try folder.write(configuration, to: "paystate.yaml")
        try folder.write("sesame\n", to: "key")
        try folder.write("whsec_eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4\n", to: "app.key")
        return try await ProgramRun.paystate(["check-config", "--config", file])
    }
}
