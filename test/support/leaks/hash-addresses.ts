/** A deliberate leak: keeps the unsalted digest of each address, which is as good as the address. */
import { hash } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { folderOf, onEachRequest } from './each-request.ts';

const file = join(folderOf(import.meta.url), 'visitors.bin');

onEachRequest(({ socket }) => {
  const address = (socket.remoteAddress ?? '').replace('::ffff:', '');
  appendFileSync(file, hash('sha256', address, 'buffer'));
});
