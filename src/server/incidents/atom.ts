import { escaped } from "../../core/people/xml.ts";

/** An entry of a feed. */
export interface FeedEntry {
  /** An absolute URL that is the same for ever. */
  readonly id: string;
  readonly title: string;
  /** What happened, as plain text. */
  readonly content: string;
  /** Where to read more: an absolute URL. */
  readonly link: string;
  /** In milliseconds of the epoch. */
  readonly published: number;
  /** Likewise. */
  readonly updated: number;
}

/** What a feed is made of. */
export interface Feed {
  readonly title: string;
  /** Its own absolute URL, which is its id. */
  readonly self: string;
  /** The page with the same content, likewise. */
  readonly alternate: string;
  /** Newest first. */
  readonly entries: readonly FeedEntry[];
}

/** The content type of a feed. */
export const FEED_TYPE = "application/atom+xml; charset=utf-8";

/** Writes a feed in the Atom format (RFC 4287). */
export function atom({ title, self, alternate, entries }: Feed): string {
  // A feed has to say when it was updated; without entries it never was.
  const updated = Math.max(0, ...entries.map(({ updated }) => updated));
  return `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
<id>${escaped(self)}</id>
<title>${escaped(title)}</title>
<updated>${iso(updated)}</updated>
<author><name>${escaped(title)}</name></author>
<link rel="self" type="application/atom+xml" href="${escaped(self)}"/>
<link rel="alternate" type="text/html" href="${escaped(alternate)}"/>
${entries.map(entryText).join("")}</feed>
`;
}

function entryText(entry: FeedEntry): string {
  const { id, title, content, link, published, updated } = entry;
  return `<entry>
<id>${escaped(id)}</id>
<title>${escaped(title)}</title>
<published>${iso(published)}</published>
<updated>${iso(updated)}</updated>
<link rel="alternate" type="text/html" href="${escaped(link)}"/>
<content type="text">${escaped(content)}</content>
</entry>
`;
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
