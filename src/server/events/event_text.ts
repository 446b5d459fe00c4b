/** A server-sent event. */
export interface ServerSentEvent {
  /** Its name. */
  readonly name: string;
  /** Its number. */
  readonly id: number;
  /** Its data, which may have line breaks. */
  readonly data: string;
}

/** Writes an event for an event stream (HTML standard, section 9.2.5). */
export function eventText({ name, id, data }: ServerSentEvent): string {
  const lines = data.replaceAll(/\r\n|\r|\n/g, "\ndata: ");
  return `event: ${name}\nid: ${id}\ndata: ${lines}\n\n`;
}
