import { request } from 'node:http';
import type { SecurityReport } from '../promises/report.ts';
import { CannotStart } from '../store/cannot-start.ts';

/** All checks together may take this long, in milliseconds. */
const PATIENCE_MS = 300_000;

/** Asks the server that runs on this machine to check every promise now. */
export const runChecks = (adminPort: number): Promise<SecurityReport> =>
  new Promise((resolve, reject) => {
    const nobody = (): void =>
      reject(
        new CannotStart(
          `No server answers on 127.0.0.1:${adminPort}; start it with npm start, or name its administrative port with ADMIN_PORT.`,
        ),
      );
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
