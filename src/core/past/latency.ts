/**
 * A histogram of durations with buckets that grow by a constant factor, so that
 * percentiles are right within 5 %.
 */
export class LatencyHistogram {}
