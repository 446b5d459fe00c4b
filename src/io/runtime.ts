/**
 * Whether this is workerd, the runtime of Cloudflare Workers. There, a timer
 * belongs to the request in which it was set and ends with it, so requests cannot
 * share timers.
 */
export const IS_WORKERD: boolean =
  globalThis.navigator?.userAgent === "Cloudflare-Workers";
