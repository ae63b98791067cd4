// swift-tools-version: 6.2
import PackageDescription

/// `make check` and continuous integration set it: then every warning is an error.
let isStrict = Context.environment["PAYSTATE_STRICT"] != nil

let settings: [SwiftSetting] =
    [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
    ] + (isStrict ? [.treatAllWarnings(as: .error)] : [])

let order = "\(Context.packageDirectory)/systemd/debian/order.txt"
/// For the program that is installed: with nothing exported and its relocations packed by the toolchain's own linker, it
/// takes a sixth less memory; with what it runs in one place, another quarter less.
let linker = [
    "--no-export-dynamic", "--icf=safe", "-z", "pack-relative-relocs", "-z", "now", "--gc-sections",
    "--symbol-ordering-file=\(order)", "--no-warn-symbol-ordering",
]
let linking: [LinkerSetting] = [
    .unsafeFlags(
        ["-use-ld=lld"] + linker.flatMap { ["-Xlinker", $0] },
        .when(platforms: [.linux], configuration: .release)
    )
]

/// The public views, a file each.
let views = [
    "account_health", "anomalies", "callbacks", "checkouts", "currencies", "entries", "forwards",
    "instructions", "operations", "orders", "payments", "polls", "rejected", "schema_docs",
    "subscriptions", "targets", "timeline", "tokens", "transitions",
]

/// The templates of the operator's page.
let templates = [
    "anomalies", "button", "field", "home", "layout", "listing", "pager", "payment", "phrase", "problem", "table",
]

let package = Package(
    name: "paystate",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "paystate", targets: ["paystate"]),
        .library(name: "FaultyDisk", type: .dynamic, targets: ["FaultyDisk"]),
    ],
    dependencies: [
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        .target(name: "LosslessJSON", swiftSettings: settings),
        .target(name: "Payments", swiftSettings: settings),
        .target(
            name: "Gateways",
            dependencies: [
                "LosslessJSON",
                "Payments",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "Telemetry",
            dependencies: [
                "LosslessJSON",
                "Payments",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
            ],
            swiftSettings: settings
        ),
        // What of SQLite's own interface Swift cannot call.
        .systemLibrary(name: "SQLiteSettings", path: "Sources/SQLiteSettings"),
        .target(
            name: "Ledger",
            dependencies: [
                "Payments",
                "SQLiteSettings",
                "Telemetry",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            resources: [
                .embedInCode("migrations/sqlite/0001_ledger.sql"),
                // The base name becomes the constant's, whatever the folder: two files cannot have the same.
                .embedInCode("migrations/postgresql/ledger.sql"),
                .embedInCode("migrations/postgresql/rights.sql"),
            ] + views.map { .embedInCode("migrations/views/\($0).sql") },
            swiftSettings: settings
        ),
        .target(
            name: "ConfigurationFile",
            dependencies: [
                "Gateways",
                "Payments",
                "Telemetry",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "OutboundHTTP",
            dependencies: [
                "Payments",
                "Telemetry",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPCompression", package: "swift-nio-extras"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "Diagnostics",
            dependencies: [
                "ConfigurationFile",
                "Gateways",
                "Ledger",
                "OutboundHTTP",
                "Payments",
                "Telemetry",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "Delivery",
            dependencies: [
                "ConfigurationFile",
                "Gateways",
                "Ledger",
                "LosslessJSON",
                "OutboundHTTP",
                "Payments",
                "Telemetry",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "Narration",
            dependencies: ["Gateways", "Ledger", "Payments", "Telemetry"],
            swiftSettings: settings
        ),
        .target(
            name: "ReadAPI",
            dependencies: [
                "Ledger",
                "LosslessJSON",
                "Payments",
                "Telemetry",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "OperatorPage",
            dependencies: [
                "Ledger",
                "LosslessJSON",
                "Narration",
                "Payments",
                "Telemetry",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Mustache", package: "swift-mustache"),
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            resources: templates.map { .embedInCode("Templates/\($0).mustache") } + [
                .embedInCode("Assets/style.css"),
                .embedInCode("Assets/page.js"),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "Daemon",
            dependencies: [
                "ConfigurationFile",
                "Delivery",
                "Gateways",
                "Ledger",
                "LosslessJSON",
                "OperatorPage",
                "OutboundHTTP",
                "Payments",
                "ReadAPI",
                "Telemetry",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPCompression", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "Sandbox",
            dependencies: [
                "Gateways",
                "LosslessJSON",
                "OutboundHTTP",
                "Payments",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Histogram", package: "hdrhistogram-swift"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "paystate",
            dependencies: [
                "ConfigurationFile",
                "Daemon",
                "Diagnostics",
                "Gateways",
                "Ledger",
                "Narration",
                "OutboundHTTP",
                "Payments",
                "Sandbox",
                "Telemetry",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings,
            linkerSettings: linking
        ),
        .executableTarget(
            name: "Benchmarks",
            dependencies: [
                "Gateways",
                "Ledger",
                "Payments",
                "Sandbox",
                "Telemetry",
                "TestSupport",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Histogram", package: "hdrhistogram-swift"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            path: "Benchmarks",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "Fuzz",
            dependencies: [
                "Daemon",
                "Gateways",
                "Ledger",
                "LosslessJSON",
                "Payments",
                "TestSupport",
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            path: "Tests/Fuzz",
            swiftSettings: settings
        ),
        .target(name: "FaultyDisk", path: "Tests/FaultyDisk"),
        .target(
            name: "TestSupport",
            dependencies: [
                "ConfigurationFile",
                "Gateways",
                "Ledger",
                "Payments",
                "Telemetry",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            path: "Tests/TestSupport",
            swiftSettings: settings
        ),
        .target(
            name: "DaemonTestSupport",
            dependencies: [
                "ConfigurationFile",
                "Daemon",
                "Gateways",
                "Ledger",
                "Payments",
                "Telemetry",
                "TestSupport",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            path: "Tests/DaemonTestSupport",
            swiftSettings: settings
        ),
        .testTarget(name: "LosslessJSONTests", dependencies: ["LosslessJSON", "TestSupport"], swiftSettings: settings),
        .testTarget(
            name: "FuzzTests",
            dependencies: [
                "Fuzz",
                "Ledger",
                "Narration",
                "Payments",
                "TestSupport",
                "paystate",
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: settings
        ),
        .testTarget(name: "PaymentsTests", dependencies: ["Payments", "TestSupport"], swiftSettings: settings),
        .testTarget(
            name: "GatewaysTests",
            dependencies: [
                "Gateways",
                "LosslessJSON",
                "Payments",
                "TestSupport",
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            exclude: ["Fixtures"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "TelemetryTests",
            dependencies: [
                "Payments",
                "Telemetry",
                "TestSupport",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "ConfigurationFileTests",
            dependencies: ["ConfigurationFile", "Gateways", "Payments", "Telemetry", "TestSupport"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "ReadAPITests",
            dependencies: [
                "DaemonTestSupport",
                "Ledger",
                "ReadAPI",
                "TestSupport",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "OperatorPageTests",
            dependencies: [
                "DaemonTestSupport",
                "Ledger",
                "OperatorPage",
                "Payments",
                "TestSupport",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "DeliveryTests",
            dependencies: [
                "ConfigurationFile", "Delivery", "Gateways", "Ledger", "LosslessJSON", "OutboundHTTP", "Payments",
                "Telemetry", "TestSupport",
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "OutboundHTTPTests",
            dependencies: ["OutboundHTTP", "Payments", "Telemetry"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "LedgerTests",
            dependencies: [
                "Gateways",
                "Ledger",
                "Payments",
                "TestSupport",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            exclude: ["SQLite/columns.txt"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "SandboxTests",
            dependencies: [
                "Gateways",
                "LosslessJSON",
                "Payments",
                "Sandbox",
                "TestSupport",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Histogram", package: "hdrhistogram-swift"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            exclude: ["Fixtures"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "PaystateTests",
            dependencies: [
                "ConfigurationFile",
                "Daemon",
                "Diagnostics",
                "OutboundHTTP",
                "Telemetry",
                "Gateways",
                "Ledger",
                "Narration",
                "Payments",
                "Sandbox",
                "TestSupport",
                "paystate",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "DiagnosticsTests",
            dependencies: [
                "ConfigurationFile",
                "DaemonTestSupport",
                "Diagnostics",
                "Ledger",
                "OutboundHTTP",
                "Payments",
                "Telemetry",
                "TestSupport",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "DaemonTests",
            dependencies: [
                "ConfigurationFile",
                "Daemon",
                "DaemonTestSupport",
                "OutboundHTTP",
                "Telemetry",
                "Gateways",
                "Ledger",
                "LosslessJSON",
                "Payments",
                "Sandbox",
                "TestSupport",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: settings
        ),
    ]
)

// Only `make docs` sets it: no other build fetches the plugin that writes the reference.
if Context.environment["PAYSTATE_DOCS"] != nil {
    package.dependencies.append(.package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"))
}
