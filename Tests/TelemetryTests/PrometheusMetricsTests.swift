import Metrics
import Telemetry
import Testing

struct PrometheusMetricsTests {
    private let metrics = PrometheusMetrics([
        Metric("requests_total", .counter, "Requests \"seen\",\nby \\reason."),
        Metric("size", .histogram([1, 2.5]), "Sizes."),
        Metric("wait_seconds", .histogram([0.001, 0.5]), "Waits."),
        Metric("depth", .gauge, "Depth."),
    ])

    @Test func `all kinds are rendered, in the order of names and labels`() {
        let size = Recorder(label: "size", factory: metrics)
        for value in [1, 2, 3] { size.record(value) }
        let wait = Timer(label: "wait_seconds", dimensions: [("account", "a")], factory: metrics)
        wait.recordMilliseconds(250)
        wait.recordNanoseconds(1_000_000)
        Gauge(label: "depth", factory: metrics).record(7)
        Counter(label: "requests_total", dimensions: [("reason", "forged")], factory: metrics).increment(by: 2)
        Counter(label: "requests_total", dimensions: [("reason", "a\"b\\c\nd")], factory: metrics).increment()
        #expect(
            metrics.render() == #"""
                # HELP depth Depth.
                # TYPE depth gauge
                depth 7
                # HELP requests_total Requests "seen",\nby \\reason.
                # TYPE requests_total counter
                requests_total{reason="a\"b\\c\nd"} 1
                requests_total{reason="forged"} 2
                # HELP size Sizes.
                # TYPE size histogram
                size_bucket{le="1"} 1
                size_bucket{le="2.5"} 2
                size_bucket{le="+Inf"} 3
                size_sum 6
                size_count 3
                # HELP wait_seconds Waits.
                # TYPE wait_seconds histogram
                wait_seconds_bucket{account="a",le="0.001"} 1
                wait_seconds_bucket{account="a",le="0.5"} 2
                wait_seconds_bucket{account="a",le="+Inf"} 2
                wait_seconds_sum{account="a"} 0.251
                wait_seconds_count{account="a"} 2

                """#
        )
    }

    @Test func `equal names and labels share a series`() {
        Counter(label: "requests_total", dimensions: [("a", "1"), ("b", "2")], factory: metrics).increment()
        Counter(label: "requests_total", dimensions: [("b", "2"), ("a", "1")], factory: metrics).increment()
        #expect(metrics.render().contains("requests_total{a=\"1\",b=\"2\"} 2\n"))
    }

    @Test func `a counter never shrinks`() {
        let counter = Counter(label: "requests_total", factory: metrics)
        counter.increment(by: 5)
        counter.increment(by: -3)
        #expect(metrics.render().contains("requests_total 5\n"))
        counter.destroy()
        #expect(metrics.render().contains("requests_total 5\n"))
    }

    @Test func `a meter goes up and down`() {
        let meter = Meter(label: "depth", factory: metrics)
        meter.increment(by: 2.5)
        meter.decrement()
        #expect(metrics.render().contains("depth 1.5\n"))
        meter.set(-3)
        #expect(metrics.render().contains("depth -3\n"))
    }

    @Test(arguments: [
        (0.0, "0"), (-1.5, "-1.5"), (1e15, "1000000000000000"), (1e16, "1e+16"), (123_456_789, "123456789"),
        (0.000_01, "1e-05"),
        (.infinity, "+Inf"), (-.infinity, "-Inf"), (.nan, "NaN"),
    ])
    func `numbers are written as Prometheus reads them`(value: Double, text: String) {
        Gauge(label: "depth", factory: metrics).record(value)
        #expect(metrics.render().hasSuffix("depth \(text)\n"))
    }

    @Test func `a value on the bound of a bucket is in it, and what is not a number is nowhere`() {
        let size = Recorder(label: "size", factory: metrics)
        for value in [2.5, -1, .nan] { size.record(value) }
        #expect(metrics.render().contains("size_bucket{le=\"1\"} 1\nsize_bucket{le=\"2.5\"} 2\n"))
        #expect(metrics.render().contains("size_count 2\n"))
    }

    @Test func `foreign names are made to fit`() {
        Counter(label: "http.requests-total", dimensions: [("the.path", "/")], factory: metrics).increment()
        Counter(label: "2nd:größe", factory: metrics).increment()
        #expect(
            metrics.render() == """
                # TYPE _2nd:gr__e counter
                _2nd:gr__e 1
                # TYPE http_requests_total counter
                http_requests_total{the_path="/"} 1

                """
        )
    }

    @Test func `a name has one type`() {
        Counter(label: "depth", factory: metrics).increment()
        Gauge(label: "depth", dimensions: [("a", "b")], factory: metrics).record(5)
        Recorder(label: "depth", factory: metrics).record(5)
        #expect(metrics.render() == "# HELP depth Depth.\n# TYPE depth counter\ndepth 1\n")
    }

    @Test func `labels without end are cut off`() {
        for number in 0..<10_010 {
            Counter(label: "requests_total", dimensions: [("a", "\(number)")], factory: metrics).increment()
        }
        #expect(metrics.render().split(separator: "\n").count == 10_002)
    }

    @Test func `nothing is lost between threads`() async {
        let counter = Counter(label: "requests_total", factory: metrics)
        let meter = Meter(label: "depth", factory: metrics)
        let size = Recorder(label: "size", factory: metrics)
        await withDiscardingTaskGroup { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<1000 {
                        counter.increment()
                        meter.increment()
                        size.record(1)
                    }
                }
            }
        }
        let text = metrics.render()
        #expect(text.contains("requests_total 8000\n"))
        #expect(text.contains("depth 8000\n"))
        #expect(text.contains("size_count 8000\n"))
        #expect(text.contains("size_sum 8000\n"))
    }

    @Test func `Paystate's own metrics keep their names`() {
        #expect(
            Metric.all.map { $0.name } == [
                "paystate_callbacks_total", "paystate_rejected_total", "paystate_http_responses_total",
                "paystate_polls_total", "paystate_account_paused", "paystate_asking_halted",
                "paystate_batch_size", "paystate_commit_seconds", "paystate_queue_depth",
                "paystate_acknowledgement_seconds", "paystate_connections", "paystate_connections_limit",
                "paystate_idle_connections_closed_total", "paystate_config_last_reload_successful",
                "paystate_tls_certificate_expiry_timestamp_seconds",
                "paystate_lease_held", "paystate_database_connected", "paystate_database_reconnects_total",
                "paystate_deliveries_total", "paystate_delivery_seconds",
                "paystate_last_callback_timestamp_seconds", "paystate_usual_silence_seconds",
                "paystate_account_silent", "paystate_pending", "paystate_overdue",
                "paystate_overdue_since_timestamp_seconds", "paystate_unresolved", "paystate_open_alarms",
                "paystate_rejected_last_hour", "paystate_rejection_spike",
                "paystate_rejected_not_kept_last_day", "paystate_undelivered", "paystate_target_paused",
                "paystate_health_timestamp_seconds",
                "paystate_probe_timestamp_seconds", "paystate_page_check_timestamp_seconds",
                "paystate_database_damaged", "paystate_database_size_bytes", "paystate_wal_size_bytes",
                "paystate_wal_reader_process", "paystate_wal_reader_behind_pages",
                "paystate_disk_free_bytes", "paystate_disk_size_bytes", "paystate_build_info",
                "process_start_time_seconds", "process_resident_memory_bytes",
            ]
        )
    }
}
