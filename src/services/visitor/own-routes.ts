/** `GET /v1/visitor` and `GET /v1/visitor/:address`: everything that is known of a visitor, or of an address. */
import { Problem } from '../../foundation/problem.ts';
import { defineRoute, type AnyRoute } from '../../http/route.ts';
import { parseAddress, type Address } from './addresses/address.ts';
import { addressOf, deviceOf } from './asked.ts';
import { HEADERS } from './contract-route.ts';
import { createDeviceText } from './device-text.ts';
import { fieldsOf, fieldsParameter, pickText, type Selection } from './fields.ts';
import type { Locate } from './locate.ts';
import { addressSchema, addressShape, visitorSchema } from './schemas.ts';
import type { VisitorData } from './visitor-data.ts';

const JSON_TYPE = 'application/json; charset=utf-8';
const PROBLEM_TYPE = 'application/problem+json';

/** Of answers to servers, which send no hints. */
const PLAIN_HEADERS = Object.freeze({ 'cache-control': 'no-store', 'content-type': JSON_TYPE });

/** 400: what stands in the path is no address. */
export const invalidAddress = (): Problem =>
  new Problem(400, 'invalid_address', 'This is not an IP address', {
    detail: 'Write it as 192.0.2.1 or 2001:db8::1, without a port.',
    field: 'address',
  });

/** What the routes are built from. */
export interface OwnParts {
  readonly data: VisitorData;
  readonly locate: Locate;
}

/** `GET /v1/visitor`. */
export const ownRoute = ({ data, locate }: OwnParts): AnyRoute => {
  const textOfDevice = createDeviceText();
  return defineRoute<Selection | undefined>({
    operation: 'visitor.own',
    method: 'GET',
    path: '/v1/visitor',
    access: { secretKey: 'visitor:read', browser: true },
    cost: 1,
    keepsNothing: true,
    overPlainHttp: 'refuse',
    docs: {
      summary: 'Who is visiting?',
      description:
        'Place, network and device of whoever asks: from a page of an authorised domain the visitor, from a server the ' +
        'server itself. The page says its project with `?pid=`. What is not known is left out. Nothing about the visitor is kept.',
      tag: 'Visitor',
      query: { fields: fieldsParameter },
      replies: {
        200: { description: 'What is known.', type: JSON_TYPE, schema: visitorSchema },
        400: { description: '`fields` names what there is not', type: PROBLEM_TYPE },
      },
    },
    parse: (request) => fieldsOf(request.query.expose()),
    handle: (selection, { request, now }) => {
      const address = addressOf(request);
      const device = deviceOf(request, data.userAgents);
      const place = address === undefined ? '' : locate(address, data.addresses.current, now);
      const agent = device === undefined ? '' : `"user_agent":${textOfDevice(device)}`;
      const text = `{${place}${place === '' || agent === '' ? '' : ','}${agent}}`;
      return { status: 200, headers: HEADERS, body: pickText(text, selection), isBytes: true };
    },
  });
};

interface Asked {
  readonly address: Address;
  readonly selection: Selection | undefined;
}

/** `GET /v1/visitor/:address`, for servers alone. */
export const lookupRoute = ({ data, locate }: OwnParts): AnyRoute =>
  defineRoute<Asked>({
    operation: 'visitor.lookup',
    method: 'GET',
    path: '/v1/visitor/:address',
    access: { secretKey: 'visitor:read' },
    cost: 1,
    keepsNothing: true,
    overPlainHttp: 'refuse',
    docs: {
      summary: 'What is known of an address',
      description:
        'For servers, with a secret key; pages can ask for their own visitor only. Private, reserved and documentation ' +
        'addresses are named (`special_use`) and never located. An IPv4 address in IPv6 form is answered as IPv4, and the ' +
        'zone of a link-local one is cut off. What is not known is left out. Nothing about the address is kept.',
      tag: 'Visitor',
      query: { fields: fieldsParameter },
      path: { address: addressShape.address },
      replies: {
        200: { description: 'What is known.', type: JSON_TYPE, schema: addressSchema },
        400: {
          description: 'It is no address (`invalid_address`), or `fields` is wrong',
          type: PROBLEM_TYPE,
        },
      },
    },
    parse: (request) => {
      const address = parseAddress(request.params['address'] ?? '');
      if (address === undefined) throw invalidAddress();
      return { address, selection: fieldsOf(request.query.expose()) };
    },
    handle: ({ address, selection }, { now }) => ({
      status: 200,
      headers: PLAIN_HEADERS,
      body: pickText(`{${locate(address, data.addresses.current, now)}}`, selection),
      isBytes: true,
    }),
  });
