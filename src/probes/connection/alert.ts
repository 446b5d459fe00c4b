/**
 * Whether an answer is an alert of TLS (RFC 8446, section 5.1): servers of TLS
 * answer so to what is not TLS.
 */
export function isTlsAlert(answer: Uint8Array): boolean {
  return answer[0] === 21 && answer[1] === 3;
}
