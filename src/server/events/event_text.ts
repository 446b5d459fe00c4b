/** A server-sent event. */
export interface ServerSentEvent {
  /** What it is called. */
  readonly name: string;
  /** Its number, for who comes back. */
  readonly id: number;
  /** What it says; line breaks stay. */
  readonly data: string;
}

/** An event as the HTML standard's event stream has it, section 9.2.5. */
export function eventText({ name, id, data }: ServerSentEvent): string {
  const lines = data.replaceAll(/\r\n|\r|\n/g, "\ndata: ");
  return `event: ${name}\nid: ${id}\ndata: ${lines}\n\n`;
}
