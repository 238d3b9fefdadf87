/** What uap-core's rules tell of a user agent, and who a robot is, fact by fact. */
import { createLiteralFinder } from './literal-finder.ts';
import { createRuleList } from './rule-list.ts';
import type { UserAgentRules } from './rules.ts';

/** The facts of each kind as `UserAgentRules` orders them, '' where one is unknown; undefined where no rule matched. */
export interface Parsed {
  readonly browser: readonly string[] | undefined;
  readonly system: readonly string[] | undefined;
  readonly device: readonly string[] | undefined;
}

export interface Parser {
  /** Hand it a short text: the rules are bounded for 512 characters (`gazetteer/visitor/attacks.test.ts`). */
  parse(text: string): Parsed;
  /** Name and category of a robot, where the list of crawlers knows it. */
  robot(text: string): readonly string[] | undefined;
}

type Lists = 'browsers' | 'systems' | 'devices' | 'robots';

/** One a thread: it keeps working memory between calls. */
export const createParser = (rules: UserAgentRules): Parser => {
  const total = rules.literals.length;
  const finder = createLiteralFinder(rules.literals);
  const lists = {
    browsers: createRuleList(rules.browsers, total),
    systems: createRuleList(rules.systems, total),
    devices: createRuleList(rules.devices, total),
    robots: createRuleList(rules.robots, total),
  };
  const found = new Uint16Array(total);
  const holds = new Uint8Array(total);
  const within = <Result>(
    text: string,
    use: (read: (list: Lists) => readonly string[] | undefined) => Result,
  ): Result => {
    const size = finder.find(text, found);
    for (let index = 0; index < size; index += 1) holds[found[index] ?? 0] = 1;
    const result = use((list) => lists[list].read(text, found, size, holds));
    for (let index = 0; index < size; index += 1) holds[found[index] ?? 0] = 0;
    return result;
  };
  return {
    parse: (text) =>
      within(text, (read) => ({
        browser: read('browsers'),
        system: read('systems'),
        device: read('devices'),
      })),
    robot: (text) => within(text, (read) => read('robots')),
  };
};
