/** Says in the log that something failed. Details of calls are nobody's business: only what kind of error it was is kept. */
export function warn(what: string): (error: unknown) => void {
  return (error) => console.warn(`dogeller: ${what}`, error instanceof Error ? error.name : '');
}
