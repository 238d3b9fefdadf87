/** What visitors are looked up in: the address data of the process, and the thread's own reader of user agents. */
import { randomSecretBytes } from '../../foundation/secret.ts';
import type { AddressData, AddressDataHolder } from './addresses/address-data.ts';
import { createUserAgentReader, type UserAgentReader } from './user-agent/reader.ts';
import { loadUserAgentRules } from './user-agent/rules.ts';

export interface VisitorData {
  readonly addresses: Pick<AddressDataHolder, 'current'>;
  readonly userAgents: UserAgentReader;
}

/** What was read of user agents is forgotten together this often. */
const FORGET_MS = 10 * 60_000;

/** A reader under a random key of its own, which is stored nowhere. One a thread; takes some 100 ms. */
const openUserAgents = (): UserAgentReader =>
  createUserAgentReader(loadUserAgentRules(), { key: randomSecretBytes(8), forgetEvery: FORGET_MS });

const KNOWS_NOTHING: AddressData = {
  place: () => undefined,
  network: () => undefined,
  kinds: () => [],
  layers: [],
};

/**
 * For a table of routes that is only read, as in the main thread, which answers nothing: it knows no address. The reader
 * is made when it is asked, which nobody does there.
 */
export const emptyVisitorData = (): VisitorData => {
  let reader: UserAgentReader | undefined;
  return {
    addresses: { current: KNOWS_NOTHING },
    get userAgents(): UserAgentReader {
      return (reader ??= openUserAgents());
    },
  };
};

/** What a thread answers from: with nothing known of addresses, where there is nothing, nothing is made beforehand either. */
export const visitorDataOf = (addresses: AddressDataHolder | undefined): VisitorData =>
  addresses === undefined ? emptyVisitorData() : { addresses, userAgents: openUserAgents() };
