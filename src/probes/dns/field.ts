import type { Reader } from "./reader.ts";

/** A part of the data of a record. */
export interface Field {
  /** Reads it, as text in the form in which it is compared. */
  read(data: Reader): string;
  /**
   * Brings what a person wrote to that form.
   *
   * @throws {TypeError} If it is not valid.
   */
  canonical(text: string): string;
}
