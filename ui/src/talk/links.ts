/** Links in a text: found, and shown as what they really lead to. */

export type Segment =
  | { readonly is: 'text'; readonly text: string }
  | { readonly is: 'link'; readonly text: string; readonly to: string };

const LINK = /https?:\/\/[^\s<>"“”„‚‘’`]+/gi;
/** What ends a sentence rather than an address. */
const TAIL = /[.,;:!?…'"*_~]+$/;

/** The text in pieces, each link one of them. What only looks like a link stays text. */
export function segments(text: string): readonly Segment[] {
  const found: Segment[] = [];
  let from = 0;
  for (const match of text.matchAll(LINK)) {
    const written = trimmed(match[0]);
    const to = leadsTo(written);
    if (to === null) continue;
    if (match.index > from) found.push({ is: 'text', text: text.slice(from, match.index) });
    found.push({ is: 'link', text: written, to });
    from = match.index + written.length;
  }
  if (from < text.length) found.push({ is: 'text', text: text.slice(from) });
  return found;
}

/**
 * Where an address leads, as the browser reads it: letters that only look like others show as `xn--…`, and a name in
 * front of an `@` does not pass for the host.
 */
function leadsTo(written: string): string | null {
  if (!URL.canParse(written)) return null;
  const url = new URL(written);
  return url.protocol === 'http:' || url.protocol === 'https:' ? url.href : null;
}

function trimmed(written: string): string {
  let link = written;
  for (;;) {
    const before = link;
    link = link.replace(TAIL, '');
    // A bracket that was opened before the link closes after it.
    if (link.endsWith(')') && count(link, ')') > count(link, '(')) link = link.slice(0, -1);
    if (link.endsWith(']') && count(link, ']') > count(link, '[')) link = link.slice(0, -1);
    if (link === before) return link;
  }
}

function count(text: string, letter: string): number {
  return text.split(letter).length - 1;
}
