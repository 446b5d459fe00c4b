/** How important a message to the user is. */
export type Level = "info" | "warn" | "error";

/** Tells the user something, in one line. The level is `"info"` by default. */
export type Say = (message: string, level?: Level) => void;
