/** The same question, may this actor read this dataset, put to libraries for access decisions over the same world. */
import { decideAccess, includesRight } from '../src/services/datasets/access/rules.ts';
import { drawPairs, type Facts } from './access-facts.ts';
import { ensurePeers, importPeer, peerVersion, requirePeer } from './peers.ts';

export interface PeerFigures {
  readonly name: string;
  /** A decision, of each round. */
  readonly nanoseconds: readonly number[];
  /** Decisions a round. */
  readonly asked: number;
  /** What stands outside of the measurement, in words. */
  readonly before: string;
}

type Pair = readonly [number, number];
/** Whether the actor may read the dataset; both by number. */
type MayRead = (actor: number, dataset: number) => boolean;

interface Peer {
  readonly name: string;
  readonly before: string;
  readonly asked: number;
  /** Makes everything ready that can be kept between two questions of one actor. */
  prepare(facts: Facts, pairs: readonly Pair[]): Promise<MayRead>;
}

const ROUNDS = 3;
const NOW = Date.now();

const expected = ({ actors, datasets, grantsOf }: Facts, [who, what]: Pair): boolean => {
  const [actor, dataset] = [actors[who], datasets[what]];
  if (actor === undefined || dataset === undefined) throw new Error('the world is empty');
  return includesRight(decideAccess(actor, dataset, grantsOf[who]?.get(dataset.id), NOW).right, 'read');
};

const holds = (until: number | undefined): boolean => until === undefined || until > NOW;

interface Ability {
  can(action: string, subject: unknown): boolean;
}
interface Casl {
  createMongoAbility(rules: readonly object[]): Ability;
  subject(type: string, object: object): object;
}

/** An ability holds all that one user may; it is made when they come, and kept. */
const casl: Peer = {
  name: '@casl/ability',
  before: 'an ability for each actor that is asked about',
  asked: 20_000,
  prepare: async ({ actors, datasets, grantsOf }, pairs) => {
    const { createMongoAbility, subject } = requirePeer('@casl/ability') as Casl;
    const abilities = new Map<number, Ability>();
    for (const [who] of pairs) {
      const actor = actors[who];
      if (abilities.has(who) || actor === undefined) continue;
      const { companyId, userId, role } = actor;
      const granted = [...(grantsOf[who] ?? [])].filter(([, { until }]) => holds(until)).map(([id]) => id);
      const rules: { action: string; subject: string; conditions: object }[] = [
        {
          action: 'read',
          subject: 'Dataset',
          conditions: { companyId, ...(role === 'owner' ? {} : { visibility: 'company' }) },
        },
        { action: 'read', subject: 'Dataset', conditions: { companyId, ownerId: userId } },
      ];
      if (granted.length > 0)
        rules.push(
          { action: 'read', subject: 'Dataset', conditions: { companyId, id: { $in: granted } } },
          { action: 'read', subject: 'Dataset', conditions: { sharedOutside: true, id: { $in: granted } } },
        );
      abilities.set(who, createMongoAbility(rules));
    }
    const subjects = datasets.map((dataset) => subject('Dataset', { ...dataset }));
    return (who, what) => abilities.get(who)?.can('read', subjects[what]) === true;
  },
};

interface Enforcer {
  addNamedPolicies(kind: string, rules: readonly (readonly string[])[]): Promise<boolean>;
  enforceSync(...values: readonly unknown[]): boolean;
}
interface Casbin {
  newEnforcer(model: unknown): Promise<Enforcer>;
  newModelFromString(text: string): unknown;
}

const CASBIN_MODEL = `
[request_definition]
r = sub, obj

[policy_definition]
p = sub, obj

[policy_effect]
e = some(where (p.eft == allow))

[matchers]
m = (r.sub.companyId == r.obj.companyId && (r.obj.visibility == 'company' || r.sub.role == 'owner' || r.obj.ownerId == r.sub.userId)) || (r.sub.key == p.sub && r.obj.id == p.obj && (r.obj.companyId == r.sub.companyId || r.obj.sharedOutside))
`;

/** Grants are policies, which are looked through one by one. */
const casbin: Peer = {
  name: 'casbin',
  before: 'one policy a grant',
  asked: 4,
  prepare: async ({ actors, datasets, grantsOf }) => {
    const { newEnforcer, newModelFromString } = requirePeer('casbin') as Casbin;
    const enforcer = await newEnforcer(newModelFromString(CASBIN_MODEL));
    const keyed = actors.map((actor) => ({ ...actor, key: `${actor.userId} ${actor.companyId}` }));
    const rules = keyed.flatMap(({ key }, who) =>
      [...(grantsOf[who] ?? [])].filter(([, { until }]) => holds(until)).map(([id]) => [key, id]),
    );
    await enforcer.addNamedPolicies('p', rules);
    return (who, what) => enforcer.enforceSync(keyed[who], datasets[what]);
  },
};

interface Cedar {
  preparsePolicySet(id: string, policies: object): { readonly type: string };
  statefulIsAuthorized(call: object): {
    readonly type: string;
    readonly response?: { readonly decision: string };
  };
}

const CEDAR_POLICIES = `
permit(principal, action == Action::"read", resource) when {
  principal.company == resource.company &&
  (resource.visibility == "company" || principal.role == "owner" || resource.owner == principal.user) };
permit(principal, action == Action::"read", resource) when {
  principal.granted.contains(resource.id) && (principal.company == resource.company || resource.sharedOutside) };
`;

/** Policies are kept parsed; what they ask about goes along as JSON. */
const cedar: Peer = {
  name: '@cedar-policy/cedar-wasm',
  before: 'the policies',
  asked: 500,
  prepare: async ({ actors, datasets, grantsOf }) => {
    const { preparsePolicySet, statefulIsAuthorized } = await importPeer<Cedar>(
      '@cedar-policy/cedar-wasm/nodejs',
    );
    if (preparsePolicySet('datasets', { staticPolicies: CEDAR_POLICIES }).type !== 'success')
      throw new Error('Cedar does not take the policies');
    return (who, what) => {
      const [actor, dataset] = [actors[who], datasets[what]];
      if (actor === undefined || dataset === undefined) return false;
      const grant = grantsOf[who]?.get(dataset.id);
      const principal = { type: 'User', id: actor.userId };
      const resource = { type: 'Dataset', id: dataset.id };
      const { response } = statefulIsAuthorized({
        principal,
        action: { type: 'Action', id: 'read' },
        resource,
        context: {},
        preparsedPolicySetId: 'datasets',
        entities: [
          {
            uid: principal,
            attrs: {
              company: actor.companyId,
              user: actor.userId,
              role: actor.role,
              granted: grant !== undefined && holds(grant.until) ? [dataset.id] : [],
            },
            parents: [],
          },
          {
            uid: resource,
            attrs: {
              id: dataset.id,
              company: dataset.companyId,
              owner: dataset.ownerId ?? '',
              visibility: dataset.visibility,
              sharedOutside: dataset.sharedOutside,
            },
            parents: [],
          },
        ],
      });
      return response?.decision === 'allow';
    };
  },
};

const measure = async (peer: Peer, facts: Facts, share: number): Promise<PeerFigures> => {
  const asked = Math.max(2, Math.round(peer.asked * share));
  const pairs = drawPairs(facts, asked);
  const mayRead = await peer.prepare(facts, pairs);
  const nanoseconds: number[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const answers: boolean[] = [];
    const startedAt = process.hrtime.bigint();
    for (const [who, what] of pairs) answers.push(mayRead(who, what));
    // The first round warms up.
    if (round > 0) nanoseconds.push(Number(process.hrtime.bigint() - startedAt) / asked);
    // Who answers something else does less, or more.
    const wrong = pairs.findIndex((pair, index) => answers[index] !== expected(facts, pair));
    if (wrong !== -1) throw new Error(`${peer.name} decides otherwise than we do`);
  }
  return { name: `${peer.name} ${peerVersion(peer.name)}`, nanoseconds, asked, before: peer.before };
};

/** Every peer that could be installed, or nothing. Each answer is held against `decideAccess`. */
export const measurePeers = async (
  facts: Facts,
  quick: boolean,
  say: (line: string) => void,
): Promise<readonly PeerFigures[]> => {
  if ((await ensurePeers(say)) !== undefined) return [];
  const found: PeerFigures[] = [];
  for (const peer of [casl, cedar, casbin]) {
    say(`access: asking ${peer.name} …`);
    found.push(await measure(peer, facts, quick ? 0.25 : 1));
  }
  return found;
};
