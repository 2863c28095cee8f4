// @ts-check
/**
 * Runs on a host of the lab: `node relay.mjs SOCKET PORT` carries what comes to a socket in the file system, which every
 * host sees, to a port of this host's own loopback. It ends with its standard input, and so with whoever started it.
 */

import { connect, createServer } from 'node:net';
import { pipeline } from 'node:stream';

const [socket, port] = process.argv.slice(2);
createServer((here) => {
  const there = connect(Number(port), '127.0.0.1');
  // Either side may end first, and neither is news here: whoever asked sees it at its own end.
  pipeline(here, there, here, () => undefined);
}).listen(socket, () => console.log('ready'));
process.stdin.resume().on('end', () => process.exit());
