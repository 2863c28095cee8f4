/** Runs `main` with the words behind a script's name, if that script is what Node was started with; an error is said in a line. */
export function command(script, main) {
  if (process.argv[1] !== script) return;
  try {
    main(process.argv.slice(2));
  } catch (error) {
    console.error(`error: ${error.message}`);
    process.exitCode = 1;
  }
}
