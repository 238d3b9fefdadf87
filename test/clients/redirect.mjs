// Sends what goes to OpenCage to VOUCHSAFE_URL instead, for clients whose host is written into them; preloaded with --import.
import http from 'node:http';
import https from 'node:https';

const HOST = 'api.opencagedata.com';
const target = new URL(process.env.VOUCHSAFE_URL);

const { fetch } = globalThis;
globalThis.fetch = (input, init) => {
  const url = new URL(input instanceof Request ? input.url : input);
  if (url.hostname !== HOST) return fetch(input, init);
  url.protocol = target.protocol;
  url.host = target.host;
  return fetch(url, init);
};

// node-fetch 2, which two of the clients bring along, gives one object of options.
const { request } = https;
for (const module of [http, https]) {
  const original = module.request;
  module.request = (options, ...rest) => {
    if (options.hostname !== HOST) return original.call(module, options, ...rest);
    const { protocol, hostname, port } = target;
    return request.call(
      https,
      { ...options, protocol, hostname, port, host: undefined, agent: undefined },
      ...rest,
    );
  };
}
