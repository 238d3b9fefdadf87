// Asks with both published versions of the npm client `visitorapi`, unmodified, in each of their ways; prints what came out.
// Their host is written into them: an interceptor of their own axios changes that, and says what a browser would say by itself.
import { createRequire } from 'node:module';

const { url, cases } = JSON.parse(process.env.VISITOR_CASES);
const HOST = 'https://api.visitorapi.com';

const require = createRequire(import.meta.url);
const clientOf = (file) => ({ VisitorAPI: require(file), axios: createRequire(file)('axios') });

let headers = {};
const seen = [];
const clients = {
  visitorapi: clientOf(require.resolve('visitorapi')),
  'visitorapi-1': clientOf(require.resolve('visitorapi-1')),
};
for (const axios of new Set(Object.values(clients).map((client) => client.axios)))
  axios.interceptors.request.use((config) => {
    seen.push(`${config.method} ${config.url}`);
    return { ...config, url: config.url.replace(HOST, url), headers: { ...config.headers, ...headers } };
  });

/** An AxiosError as a page would look at it. */
const told = (error) =>
  typeof error === 'string' ? error : { status: error.response?.status, data: error.response?.data };

const ways = {
  promise: (VisitorAPI, pid) =>
    VisitorAPI(pid).then(
      (ok) => ({ ok }),
      (failed) => ({ failed: told(failed) }),
    ),
  callbacks: (VisitorAPI, pid) =>
    new Promise((resolve) => {
      VisitorAPI(
        pid,
        (ok) => resolve({ ok }),
        (failed) => resolve({ failed: told(failed) }),
      );
    }),
};

const answers = {};
for (const [name, { pid, origin, from }] of Object.entries(cases)) {
  headers = { 'x-forwarded-for': from, ...(origin === undefined ? {} : { origin }) };
  answers[name] = {
    promise: await ways.promise(clients.visitorapi.VisitorAPI, pid),
    callbacks: await ways.callbacks(clients.visitorapi.VisitorAPI, pid),
    first: await ways.callbacks(clients['visitorapi-1'].VisitorAPI, pid),
  };
}
process.stdout.write(JSON.stringify({ answers, seen: [...new Set(seen)] }));
