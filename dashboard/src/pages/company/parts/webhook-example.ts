/** A receiver of messages, as it stands in examples/webhook-receiver.mjs: verified by the library of Standard Webhooks. */
export const RECEIVER = `import { createServer } from 'node:http';
import { Webhook } from 'standardwebhooks';

const webhook = new Webhook(process.env.WEBHOOK_SECRET);

createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  let message;
  try {
    // The bytes as they came, before anything is parsed.
    message = webhook.verify(Buffer.concat(chunks).toString(), request.headers);
  } catch {
    response.writeHead(401).end();
    return;
  }
  // The same message may come twice: remember request.headers['webhook-id'].
  console.log(message.type, message.data);
  response.writeHead(204).end();
}).listen(Number(process.env.PORT ?? 3000));
`;
