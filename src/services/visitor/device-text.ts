/** What is said of a visitor's device under `/v1/visitor`, as JSON. */
import { bytesOf } from './byte-text.ts';
import type { UserAgentFacts } from './user-agent/reader.ts';

const UNKNOWN = 'Other';
const known = (text: string): string | undefined => (text === '' || text === UNKNOWN ? undefined : text);

/** What uap-core calls a brand that a user agent does not say. */
const GENERIC = 'Generic';
/** The model in the user agents that Chrome has frozen (Chromium, "User-Agent Reduction"). */
const FROZEN = 'K';

const textOf = ({ browser, os, device, deviceType, bot }: UserAgentFacts): string =>
  JSON.stringify({
    browser: {
      name: known(browser.family),
      version: known(browser.version),
      major: known(browser.version.split('.', 1)[0] ?? ''),
    },
    os: { name: known(os.family), version: known(os.version) },
    device: {
      type: deviceType,
      brand: device.brand.startsWith(GENERIC) ? undefined : known(device.brand),
      model: device.model === FROZEN ? undefined : known(device.model),
      family: device.family === FROZEN ? undefined : known(device.family),
    },
    bot: { is_bot: bot !== undefined, name: known(bot?.name ?? ''), category: known(bot?.category ?? '') },
  });

/** Makes the function to the text of what a user agent tells, written once for each result that the reader remembers; as bytes (`byte-text.ts`). */
export const createDeviceText = (): ((facts: UserAgentFacts) => string) => {
  const texts = new WeakMap<UserAgentFacts, string>();
  return (facts) => {
    let text = texts.get(facts);
    if (text === undefined) texts.set(facts, (text = bytesOf(textOf(facts))));
    return text;
  };
};
