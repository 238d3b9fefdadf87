/** Routes of the local mailbox on the administrative listener. */
import { readFileSync } from 'node:fs';
import { Problem } from '../foundation/problem.ts';
import { type AnyRoute, defineRoute, type Reply, type Request } from '../http/route.ts';
import { LETTER_STYLE_SOURCE } from '../mail/letter.ts';
import type { Mailbox } from '../mail/mailbox.ts';
import { assertLocalName } from './local-name.ts';
import { MAILBOX_STYLE, renderList, renderMail, STYLE_PATH } from './mailbox-page.ts';

const REASON = 'the listener is bound to loopback; the mailbox is empty where mail goes out';

/** The letter's own style is allowed by its hash; nothing else that a mail could bring loads or runs. */
const POLICY = `default-src 'none'; style-src 'self' ${LETTER_STYLE_SOURCE}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

const pageReply = (body: string): Reply => ({
  status: 200,
  headers: {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': POLICY,
    'cross-origin-opener-policy': 'same-origin',
  },
  body,
});

interface Page<Input> {
  readonly operation: string;
  readonly path: string;
  readonly summary: string;
  readonly type: string;
  parse(request: Request): Input;
  handle(input: Input): Reply | Promise<Reply>;
}

const page = <Input>({ operation, path, summary, type, parse, handle }: Page<Input>): AnyRoute =>
  defineRoute<Input>({
    operation,
    method: 'GET',
    path,
    access: { public: REASON },
    cost: 0,
    overPlainHttp: 'refuse',
    docs: {
      summary,
      description: 'For people who try Vouchsafe without a mail server.',
      tag: 'Administration',
      query: {},
      replies: { 200: { description: summary, type } },
    },
    parse: (request) => {
      assertLocalName(request);
      return parse(request);
    },
    handle,
  });

/** The list of mails, one mail, and the style of both. */
export const mailboxRoutes = (mailbox: Mailbox): readonly AnyRoute[] => {
  let style: string | undefined;
  return [
    page({
      operation: 'mailbox.list',
      path: '/mailbox',
      summary: 'The local mailbox',
      type: 'text/html',
      parse: () => undefined,
      handle: async () => {
        const [entries, waiting] = await Promise.all([mailbox.list(), mailbox.countWaiting()]);
        return pageReply(renderList(mailbox, entries, waiting));
      },
    }),
    page({
      operation: 'mailbox.style',
      path: STYLE_PATH,
      summary: 'The style of the mailbox',
      type: 'text/css',
      parse: () => undefined,
      handle: () => ({
        status: 200,
        headers: { 'content-type': 'text/css; charset=utf-8', 'cache-control': 'no-store' },
        body: (style ??=
          readFileSync(new URL('../console/assets/site.css', import.meta.url), 'utf8') + MAILBOX_STYLE),
      }),
    }),
    page({
      operation: 'mailbox.show',
      path: '/mailbox/:mail',
      summary: 'One mail',
      type: 'text/html',
      parse: ({ params }) => params['mail'] ?? '',
      handle: async (id) => {
        const entry = await mailbox.read(id);
        if (entry === undefined)
          throw new Problem(404, 'mail_not_found', 'No such mail', {
            detail: 'It may have been longer here than mails are kept; GET /mailbox lists what there is.',
          });
        return pageReply(renderMail(entry));
      },
    }),
  ];
};
