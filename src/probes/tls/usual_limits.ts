import { type ExpiryTest, expiryTest } from "../connection/expiry.ts";

/** A certificate that is valid for less than this has other limits. */
const SHORT_LIVED_MS = 84 * 86_400_000;

const ofLongLived = expiryTest("certificate", { warn: "21d", fail: "7d" });
const ofShortLived = expiryTest("certificate", { warn: "25%", fail: "10%" });

/**
 * The limits of a check that has none of its own: 21 days to warn and 7 to fail,
 * or a quarter and a tenth of a lifetime of less than 12 weeks. Certificates of
 * six days are usual, too, and are renewed when a third or a half is left.
 */
export const usualLimits: ExpiryTest = (lifetime, now, detail) => {
  const isShort = lifetime.to - lifetime.from < SHORT_LIVED_MS;
  return (isShort ? ofShortLived : ofLongLived)(lifetime, now, detail);
};
