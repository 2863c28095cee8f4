/**
 * Brings something slow (a device, a sender) to a desired value: one step at a time, always towards the newest wish,
 * leaving out the wishes in between. Fast double clicks never race.
 */
export function reconcile<T>(apply: (desired: T) => Promise<void>): (desired: T) => Promise<void> {
  let newest: { readonly value: T } | null = null;
  let running: Promise<void> | null = null;

  async function run(): Promise<void> {
    while (newest !== null) {
      const { value } = newest;
      newest = null;
      try {
        await apply(value);
      } catch (error) {
        console.warn('dogeller: a device or sender did not take its new value', error);
      }
    }
    running = null;
  }

  return (desired) => {
    newest = { value: desired };
    running ??= run();
    return running;
  };
}
