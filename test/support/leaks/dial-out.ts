/** A deliberate leak: tells another machine of each user agent, over TLS, so that no trace shows what is told. */
import { connect } from 'node:tls';
import { folderOf, onEachRequest } from './each-request.ts';

// The query of its URL names no folder but the port of whoever listens.
const port = Number(folderOf(import.meta.url));

onEachRequest(({ headers }) => {
  const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false });
  socket.on('error', () => socket.destroy());
  socket.end(`${headers['user-agent'] ?? ''}\n`);
});
