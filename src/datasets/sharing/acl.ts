/**
 * Who can see a dataset in the words of OSDU's entitlements: groups of viewers and of owners, named
 * `data.<dataset>.viewers@<partition>.<domain>`, which stand in a record's `acl`.
 */
import type { Database } from '../../store/database.ts';
import { MOST_GRANTS } from './limits.ts';
import { findManaged, type Managing } from './managed.ts';
import { pageOfPeople } from './people.ts';

export interface Acl {
  readonly acl: { readonly viewers: string[]; readonly owners: string[] };
  readonly groups: {
    readonly email: string;
    readonly members: { readonly email: string; readonly role: 'OWNER' | 'MEMBER' }[];
  }[];
}

/** More people than this are not written into one document. */
const MOST_PEOPLE = 20 * MOST_GRANTS;

/**
 * `read` makes a viewer; `modify` and `manage` make an owner, as those who may write a record are called there, and `manage`
 * an OWNER of the groups besides. People whose address is not known stand under the id of their account.
 * @param domain the host of this installation.
 * @throws dataset_not_found (404), forbidden (403).
 */
export const exportAcl = (
  database: Pick<Database, 'as'>,
  managing: Managing,
  reference: string,
  domain: string,
): Promise<Acl> =>
  database.as(managing, async (tx) => {
    const dataset = await findManaged(tx, managing, reference);
    const partition = managing.company.replaceAll('_', '-');
    const nameOf = (kind: string): string => `data.${dataset.name}.${kind}@${partition}.${domain}`;
    const viewers: Acl['groups'][number]['members'] = [];
    const owners: Acl['groups'][number]['members'] = [];
    let after: string | undefined;
    for (let count = 0; count < MOST_PEOPLE;) {
      const { items, next } = await pageOfPeople(tx, managing, dataset, after);
      for (const { right, email, user } of items) {
        const role = right === 'manage' ? ('OWNER' as const) : ('MEMBER' as const);
        (right === 'read' ? viewers : owners).push({ email: email ?? user, role });
      }
      if (next === null) break;
      after = next;
      count += items.length;
    }
    return {
      acl: { viewers: [nameOf('viewers')], owners: [nameOf('owners')] },
      groups: [
        { email: nameOf('viewers'), members: viewers },
        { email: nameOf('owners'), members: owners },
      ],
    };
  });
