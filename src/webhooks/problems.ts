import { Problem } from '../foundation/problem.ts';
import { notFoundProblem } from '../http/endpoint.ts';
import type { GuardFault } from './guard.ts';
import { MOST_WEBHOOKS } from './limits.ts';
import type { UrlFault } from './url.ts';

const FIELD = '/url';

export const webhookNotFound = (): Problem =>
  notFoundProblem('webhook_not_found', 'No such webhook', 'webhook');

export const deliveryNotFound = (): Problem =>
  notFoundProblem('delivery_not_found', 'No such delivery', 'delivery');

/** 409: ten are enough for one company. */
export const tooManyWebhooks = (): Problem =>
  new Problem(409, 'too_many_webhooks', 'No more webhooks', {
    detail: `One company can have ${MOST_WEBHOOKS} webhooks. Remove one first.`,
  });

/** 409: what was sent is kept until it has arrived, and no longer. */
export const deliveryArrived = (): Problem =>
  new Problem(409, 'delivery_arrived', 'This message has arrived', {
    detail: 'What it said is not kept any more, so that it cannot be sent again.',
  });

/** 409: nothing is sent to it. */
export const webhookDisabled = (): Problem =>
  new Problem(409, 'webhook_disabled', 'The webhook is switched off', { detail: 'Switch it on first.' });

/** 409: somebody else has rotated it since. */
export const rotatedMeanwhile = (): Problem =>
  new Problem(409, 'changed_meanwhile', 'The webhook has another secret by now', {
    detail: 'It was rotated since you looked. Load it again before you rotate it once more.',
  });

/** 429. @param seconds until the next is taken. */
export const tooManySends = (seconds: number): Problem =>
  new Problem(429, 'rate_limited', 'Too many messages by hand', {
    detail: 'Wait before you send another one.',
    headers: { 'retry-after': String(seconds) },
  });

const URL_DETAILS: Readonly<Record<UrlFault, string>> = {
  invalid: 'Write the whole address of the receiver, as in https://example.com/hooks/vouchsafe.',
  'not-https': 'Whoever sits on the way could read and change what comes over http. Use https.',
  credentials:
    'A name or password in an address ends up in logs. The signature proves where a message comes from.',
  fragment: 'What follows # is never sent. Leave it out.',
  port: 'Ports below 1024 belong to other protocols, except for 443.',
  host: 'Write the host out: a name, four decimal numbers, or the short form of an IPv6 address.',
  'trailing-dot': 'The name ends with a dot. Leave it out, since no certificate has it.',
};

/** 400: not an address that a webhook can have. */
export const webhookUrlInvalid = (fault: UrlFault): Problem =>
  new Problem(400, 'webhook_url_invalid', 'A webhook cannot have this address', {
    detail: URL_DETAILS[fault],
    field: FIELD,
  });

const UNREACHABLE: Readonly<Record<GuardFault, string>> = {
  name_not_found: 'There is no such name, or it has no address.',
  name_unanswered: 'No name server answered for this name. Try again in a moment.',
  not_public: 'The name resolves to an address that is not public. Messages go to public addresses only.',
};

/** 400: the address leads nowhere, or where nothing is sent. Which addresses were found is not told. */
export const webhookUrlUnreachable = (fault: GuardFault): Problem =>
  new Problem(400, 'webhook_url_unreachable', 'Nothing can be sent to this address', {
    detail: UNREACHABLE[fault],
    field: FIELD,
  });
