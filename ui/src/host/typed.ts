/** Messages that come as JSON text and say by `type` what they are. */

/** Whether something is a message of one of these types. Whoever sent it is trusted with what is inside. */
export function isTyped(value: unknown, types: ReadonlySet<string>): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    'type' in value &&
    typeof value.type === 'string' &&
    types.has(value.type)
  );
}

/** The message in a text; `null` for what is none. */
export function readTyped<T>(data: unknown, is: (value: unknown) => value is T): T | null {
  if (typeof data !== 'string') return null;
  try {
    const value: unknown = JSON.parse(data);
    return is(value) ? value : null;
  } catch {
    return null;
  }
}
