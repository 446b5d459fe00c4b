/**
 * The probes beyond those of `@lifesign/lifesign`.
 *
 * @module
 */

export { dns, type DnsOptions } from "./dns/dns.ts";
export type { DnsExpected } from "./dns/expectation.ts";
export type { DnsExpectations } from "./dns/judge.ts";
export type { DnsRcode } from "./dns/message.ts";
export type { DnsRecord } from "./dns/records.ts";
export type { DnsServerOptions, DnsTransport } from "./dns/server.ts";
export { grpc, type GrpcOptions } from "./grpc/grpc.ts";
export { heartbeat } from "./heartbeat/heartbeat.ts";
export type { HeartbeatOptions } from "./heartbeat/options.ts";
export { ping } from "./ping/ping.ts";
export type { PingOptions } from "./ping/options.ts";
export { quorum, type QuorumOptions } from "./quorum/quorum.ts";
export { tls, type TlsProbeOptions } from "./tls/tls.ts";
export type { StartTls } from "./tls/starttls.ts";
export { udp, type UdpOptions } from "./udp/udp.ts";
export { websocket, type WebSocketOptions } from "./websocket/websocket.ts";
export type { Outcome, Probe } from "../core/types.ts";
