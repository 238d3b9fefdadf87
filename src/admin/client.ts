import { request } from 'node:http';
import type { SecurityReport } from '../promises/report.ts';

/** All checks together may take this long, in milliseconds. */
const PATIENCE_MS = 300_000;

/** Asks the server that runs on this machine to check every promise now; undefined where none answers. */
export const runChecks = (adminPort: number): Promise<SecurityReport | undefined> =>
  new Promise((resolve) => {
    const nobody = (): void => resolve(undefined);
    const order = request(
      { host: '127.0.0.1', port: adminPort, method: 'POST', path: '/promises/check', timeout: PATIENCE_MS },
      (answer) => {
        let body = '';
        answer.setEncoding('utf8');
        answer.on('data', (chunk: string) => (body += chunk));
        answer.on('end', () => {
          if (answer.statusCode === 200) resolve(JSON.parse(body) as SecurityReport);
          else nobody();
        });
      },
    );
    order.on('error', nobody);
    order.on('timeout', () => order.destroy());
    order.end();
  });
