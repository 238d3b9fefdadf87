/** A dataset with everything around it, and one valid call of each operation that changes something about datasets. */
import { digestOfToken, linkToken } from '../../src/foundation/link.ts';
import { newId, type CompanyId, type Id } from '../../src/foundation/ids.ts';
import type { Call, Scene } from './control-plane.ts';
import { makeDataset, type DatasetDraft } from './make-dataset.ts';
import type { Person, Stage } from './signed-in.ts';

/** What is there beside the rest of a company. */
export interface DatasetScene extends Scene {
  readonly dataset: Id<'dst'>;
  /** A right that the second owner has on it. */
  readonly grant: string;
  /** An open invitation to it, and a request for it. */
  readonly outside: string;
  readonly asked: string;
  /** The link of an invitation of the owner to a dataset of another company. */
  readonly link: string;
  /** Of another company, and let out. */
  readonly foreign: Id<'dst'>;
}

const linkTo = async (
  stage: Stage,
  dataset: string,
  company: CompanyId,
  inviter: Person,
  email: string,
): Promise<{ readonly id: string; readonly token: string }> => {
  const at = stage.clock.now();
  const id = newId('din', at);
  const token = linkToken(stage.linkKey, 'dataset-invitation', id);
  await stage.store.superuser(
    `insert into vouchsafe.dataset_invitation
       (id, dataset_id, company_id, email, "right", invited_by, digest, created_at, expires_at)
     values ($1, $2, $3, $4, 'read', $5, $6, $7, $7::timestamptz + interval '7 days')`,
    [id, dataset, company, email, inviter.user, digestOfToken(token), new Date(at)],
  );
  return { id, token: token.expose() };
};

/** Adds a dataset of two versions to a scene, with a grant, an invitation, a request and an index. */
export const addDataset = async (stage: Stage, scene: Scene): Promise<DatasetScene> => {
  const { company, owner, other } = scene;
  const { superuser } = stage.store;
  const stranger = await stage.person();
  const away = await stage.company([stranger]);
  await superuser('update vouchsafe.company set datasets_outside = true where id = any ($1)', [
    [company, away],
  ]);
  const draft: DatasetDraft = {
    company,
    owner: owner.user,
    name: 'wells',
    columns: [
      { name: 'id', type: 'int8' },
      { name: 'depth', type: 'int4' },
    ],
    key: ['id'],
    rows: [{ id: 1, depth: 10 }],
    sharedOutside: true,
  };
  const dataset = await makeDataset(stage.store, draft);
  const foreign = await makeDataset(stage.store, {
    ...draft,
    company: away,
    owner: stranger.user,
  });
  const made = await owner.call('POST', `/v1/companies/${company}/datasets/${dataset}/grants`, {
    user: other.user,
    right: 'read',
  });
  const indexed = await owner.call('POST', `/v1/companies/${company}/datasets/${dataset}/indexes`, {
    columns: ['depth'],
  });
  if (made.status !== 201 || indexed.status >= 300) throw new Error(JSON.stringify([made, indexed]));
  const asked = newId('drq', stage.clock.now());
  await superuser(
    `insert into vouchsafe.dataset_request
       (id, dataset_id, company_id, asker_id, acting_company_id, email, company_name, "right", created_at, expires_at)
     values ($1, $2, $3, $4, $5, $6, 'Away', 'read', $7, $7::timestamptz + interval '30 days')`,
    [asked, dataset, company, stranger.user, away, stranger.email, new Date(stage.clock.now())],
  );
  const outside = await linkTo(stage, dataset, company, owner, 'later@invited.example');
  const link = await linkTo(stage, foreign, away, stranger, owner.email);
  return {
    ...scene,
    dataset,
    grant: String(made.body.id),
    outside: outside.id,
    asked,
    link: link.token,
    foreign,
  };
};

const at = ({ company, dataset }: DatasetScene, path = ''): string =>
  `/v1/companies/${company}/datasets/${dataset}${path}`;

/** By operation, as the owner; beside `CHANGES`. */
export const DATASET_CHANGES: Readonly<Record<string, (scene: DatasetScene) => Call>> = {
  'datasets.create': ({ company }) => ({
    method: 'POST',
    path: `/v1/companies/${company}/datasets`,
    body: { name: 'routes', visibility: 'company', columns: [{ name: 'id', type: 'int8' }] },
    status: 201,
  }),
  'datasets.change': (scene) => ({
    method: 'PATCH',
    path: at(scene),
    body: { title: 'Wells of the north', visibility: 'private' },
    status: 200,
  }),
  'datasets.delete': (scene) => ({ method: 'DELETE', path: at(scene), status: 204 }),
  'datasets.restore': (scene) => ({
    method: 'POST',
    path: at(scene, '/versions/1/restore'),
    body: {},
    status: 201,
  }),
  'datasets.addIndex': (scene) => ({
    method: 'POST',
    path: at(scene, '/indexes'),
    body: { columns: ['depth', 'id'] },
    status: 202,
    event: 'datasets.index',
  }),
  'datasets.dropIndex': (scene) => ({
    method: 'DELETE',
    path: at(scene, '/indexes/1'),
    status: 204,
    event: 'datasets.unindex',
  }),
  'datasets.change-sharing': (scene) => ({
    method: 'PATCH',
    path: at(scene, '/sharing'),
    body: { shared_outside: false },
    status: 200,
  }),
  'datasets.change-settings': ({ company }) => ({
    method: 'PATCH',
    path: `/v1/companies/${company}/dataset-settings`,
    body: { outside: false, reads_logged: true },
    status: 200,
  }),
  'datasets.share': (scene) => ({
    method: 'POST',
    path: at(scene, '/grants'),
    body: { user: scene.owner.user, right: 'modify' },
    status: 201,
  }),
  'datasets.change-grant': (scene) => ({
    method: 'PATCH',
    path: at(scene, `/grants/${scene.grant}`),
    body: { right: 'modify' },
    status: 200,
  }),
  'datasets.unshare': (scene) => ({
    method: 'DELETE',
    path: at(scene, `/grants/${scene.grant}`),
    status: 204,
  }),
  'datasets.invite': (scene) => ({
    method: 'POST',
    path: at(scene, '/invitations'),
    body: { email: 'new@invited.example', right: 'read' },
    status: 201,
  }),
  'datasets.withdraw-invitation': (scene) => ({
    method: 'DELETE',
    path: at(scene, `/invitations/${scene.outside}`),
    status: 204,
  }),
  'datasets.accept-invitation': ({ company, link }) => ({
    method: 'POST',
    path: `/v1/companies/${company}/dataset-invitations/accept`,
    body: { token: link },
    status: 200,
  }),
  'datasets.ask': ({ company, foreign }) => ({
    method: 'POST',
    path: `/v1/companies/${company}/dataset-requests`,
    body: { dataset: foreign, right: 'read' },
    status: 202,
    // In the log of whose dataset it is.
    besides: ['datasets.request'],
  }),
  'datasets.decide': ({ company, asked }) => ({
    method: 'POST',
    path: `/v1/companies/${company}/dataset-requests/${asked}`,
    body: { decision: 'grant' },
    status: 204,
  }),
};
