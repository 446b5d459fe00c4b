import { assertEquals, assertThrows } from "@std/assert";
import { checkMetrics, MetricNames } from "../../src/core/metric.ts";

const METRIC = { name: "queue_depth", help: "The depth.", key: "depth" };

Deno.test("checkMetrics() takes metrics with different names", () => {
  checkMetrics([]);
  checkMetrics([METRIC, {
    ...METRIC,
    name: "_Total9",
    type: "counter",
    value: () => 1,
  }]);
});

/** What is not a list of metrics, and what is said of it. */
const WRONG: readonly (readonly [unknown, string])[] = [
  [null, "Expected a list of metrics, got object"],
  [METRIC, "Expected a list of metrics, got object"],
  [[null], 'such as "probe_queue_depth", got undefined'],
  [[{ ...METRIC, name: "" }], 'such as "probe_queue_depth", got ""'],
  [[{ ...METRIC, name: "a-b" }], 'got "a-b"'],
  [[{ ...METRIC, name: "9" }], 'got "9"'],
  [[{ ...METRIC, name: "a:b" }], 'got "a:b"'],
  [[{ ...METRIC, name: "a\n" }], 'got "a\\n"'],
  [[{ ...METRIC, name: "größe" }], 'got "größe"'],
  [[METRIC, METRIC], "Expected one metric queue_depth, got two"],
  [
    [{ ...METRIC, labels: { a: "b" } }, { ...METRIC, labels: { a: "b" } }],
    "Expected one metric queue_depth, got two",
  ],
  [
    [{ ...METRIC, labels: { "a-b": "c" } }],
    'Expected a label of the metric queue_depth such as "phase", got "a-b"',
  ],
  [
    [{ ...METRIC, labels: { check: "c" } }],
    'Expected a label of the metric queue_depth such as "phase", got "check"',
  ],
  [
    [{ ...METRIC, labels: { a: 1 } }],
    "Expected the label a of the metric queue_depth to be a string, got number",
  ],
  [[{ ...METRIC, help: " " }], "a help text of the metric queue_depth"],
  [[{ ...METRIC, help: undefined }], "a help text of the metric queue_depth"],
  [[{ ...METRIC, key: "" }], "a key of the detail for the metric queue_depth"],
  [[{ ...METRIC, type: "summary" }], '"gauge" or "counter", got "summary"'],
  [[{ ...METRIC, value: 1 }], "to be a function, got number"],
  ...[
    "probe_success",
    "probe_duration_seconds",
    "lifesign_anything",
    "process_anything",
  ].map((name) =>
    [
      [{ ...METRIC, name }],
      `Expected another name than ${name}, which lifesign itself uses`,
    ] as const
  ),
];

for (const [metrics, message] of WRONG) {
  Deno.test(`checkMetrics() says of ${JSON.stringify(metrics)}: ${message}`, () => {
    assertThrows(() => checkMetrics(metrics), TypeError, message);
  });
}

Deno.test("MetricNames lets kinds share a metric, and no name", () => {
  const names = new MetricNames();
  const list = [METRIC];
  names.add("queue", list);
  names.add("queue", list);
  names.add("stack", [{ ...METRIC, type: "gauge", key: "height" }]);
  for (
    const other of [
      { ...METRIC, help: "Another depth." },
      { ...METRIC, type: "counter" } as const,
    ]
  ) {
    const error = assertThrows(() => names.add("stack", [other]), TypeError);
    assertEquals(
      error.message,
      "Expected another name than queue_depth, which is a different metric of queue checks",
    );
  }
});
