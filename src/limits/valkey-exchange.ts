/** The nodes meet in Valkey: one hash, a field a node. */
import type { Exchange, NodeState } from './shared-exchange.ts';
import type { ValkeyClient } from './valkey-client.ts';

/**
 * A field holds the second in which it was written, by the server's clock, and then the beat and the state. Fields that
 * nobody wrote for a minute are removed, and the whole where nobody writes any more.
 */
const SWAP = `
local now = tonumber(redis.call('TIME')[1])
redis.call('HSET', KEYS[1], ARGV[1], string.format('%d %s ', now, ARGV[2]) .. ARGV[3])
redis.call('EXPIRE', KEYS[1], 60)
local all, others = redis.call('HGETALL', KEYS[1]), {}
for at = 1, #all, 2 do
  local written, beat, begins = string.match(all[at + 1], '^(%d+) (%d+) ()')
  local age = written and now - tonumber(written) or 61
  if age > 60 then
    redis.call('HDEL', KEYS[1], all[at])
  elseif age <= 10 and all[at] ~= ARGV[1] then
    table.insert(others, all[at])
    table.insert(others, beat)
    table.insert(others, string.sub(all[at + 1], begins))
  end
end
return others`;

const NODE = /^[0-9a-f]{16}$/;

/** What the script gives: node, beat, state, and so on; what has another form was not written by a node. */
const readOthers = (reply: unknown): readonly NodeState[] => {
  if (!Array.isArray(reply)) return [];
  const parts: readonly unknown[] = reply;
  const others: NodeState[] = [];
  for (let index = 0; index + 2 < parts.length; index += 3) {
    const [node, beat, state] = [parts[index], parts[index + 1], parts[index + 2]];
    if (!Buffer.isBuffer(node) || !Buffer.isBuffer(beat) || !Buffer.isBuffer(state)) continue;
    const name = node.toString('latin1');
    if (NODE.test(name)) others.push({ node: name, beat: Number(beat.toString('latin1')), state });
  }
  return others;
};

/** @param namespace what this installation's keys begin with. */
export const createValkeyExchange = (client: ValkeyClient, namespace: string): Exchange => ({
  swap: async ({ node, beat, state }) =>
    readOthers(await client.run(SWAP, [`${namespace}:nodes`], [node, beat, state])),
  close: () => client.close(),
});
