/** The same questions answered by hand: `node:http` and `pg`, one prepared statement a question, and nothing else. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import pg from 'pg';
import type { Connection } from '../src/store/connection.ts';
import { POOL_SIZE } from '../src/store/database.ts';
import { answerBench } from './child.ts';
import type { AskUsage, Usage } from './target.ts';

/** Starts it; the answer is its port. */
export interface BeginRows {
  readonly ask: 'begin';
  readonly connection: Connection;
  /** Table with its schema, quoted. */
  readonly table: string;
}

let pool: pg.Pool | undefined;

const begin = ({ connection, table }: BeginRows): Promise<number> => {
  const { host, port, user, password, database } = connection;
  const opened = new pg.Pool({ host, port, user, password, database, max: POOL_SIZE });
  pool = opened;
  const columns = 'id, name, category, price, made';
  const point = { name: 'point', text: `select ${columns} from ${table} where id = $1` };
  const page = {
    name: 'page',
    text: `select ${columns} from ${table} where category = $1 order by id limit $2`,
  };
  const server = createServer((message, response) => {
    const { pathname, searchParams } = new URL(message.url ?? '/', 'http://localhost');
    const query =
      pathname === '/point'
        ? { ...point, values: [searchParams.get('id')] }
        : { ...page, values: [searchParams.get('category'), searchParams.get('limit')] };
    opened.query(query).then(
      ({ rows }) => {
        const body = JSON.stringify(rows);
        response.writeHead(200, {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
        });
        response.end(body);
      },
      () => response.writeHead(500, { 'content-length': 0 }).end(),
    );
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
};

answerBench(
  (question: BeginRows | AskUsage) => {
    if (question.ask === 'begin') return begin(question);
    const { user, system } = process.cpuUsage();
    return { cpuMicroseconds: user + system, residentBytes: process.memoryUsage.rss() } satisfies Usage;
  },
  async () => {
    await pool?.end();
  },
);
