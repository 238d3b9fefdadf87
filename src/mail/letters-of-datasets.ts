/** Letters about datasets: who is invited to one, who asked for one, and what became of it. */
import { z } from 'zod';
import { printableName } from './letter.ts';
import { defineTemplate, writeTime } from './template.ts';

const GIVEN = ['read', 'modify'] as const;

const DATASET = z.object({ companyName: z.string(), datasetName: z.string() });
/** Where in the dashboard it stands: ids, which go into an address. */
const PLACE = { company: z.string(), dataset: z.string() };
const UNTIL = z.iso.datetime().nullable();

const MAY: Readonly<Record<(typeof GIVEN)[number], string>> = {
  read: 'read it',
  modify: 'read it and change its rows',
};

const nameDataset = ({ companyName, datasetName }: z.output<typeof DATASET>): string =>
  `the dataset “${printableName(datasetName)}” of ${printableName(companyName)}`;

const sayEnd = (until: string | null): string =>
  until === null ? '' : ` The right ends on ${writeTime(new Date(until))}.`;

const memberReason = (companyName: string, host: string): string =>
  `You get this mail because you have an account at ${host} and this is about data of ${printableName(companyName)}.`;

export const LETTERS_OF_DATASETS = {
  'dataset-invitation': defineTemplate({
    params: DATASET.extend({ inviterName: z.string().nullable(), right: z.enum(GIVEN), until: UNTIL }),
    link: 'dataset-invitation',
    write: (params, { host, link }) => {
      const company = printableName(params.companyName);
      const inviter = params.inviterName === null ? 'Somebody' : printableName(params.inviterName);
      return {
        subject: `${company} shares a dataset with you`,
        paragraphs: [
          `${inviter} of ${company} invites you to ${nameDataset(params)} at ${host}: you may ${MAY[params.right]}.${sayEnd(params.until)}`,
          'Follow the link, sign in with this address, and choose the company in whose name you use the dataset. The link works once, for seven days, and only for this address. When you accept, your name and that company’s are told to those who share the dataset.',
        ],
        action: { label: 'See the invitation', url: link },
        footer: [
          'You get this mail because somebody typed in this address to share data with it. They have not been told whether it has an account here.',
          'If you do not know the company, there is nothing to do: the invitation ends by itself and nothing else is sent.',
        ],
      };
    },
  }),
  'dataset-invitation-accepted': defineTemplate({
    params: DATASET.extend({ email: z.string(), theirCompanyName: z.string(), right: z.enum(GIVEN) }),
    link: null,
    write: (params, { host, at }) => ({
      subject: `Your invitation to “${printableName(params.datasetName)}” was accepted`,
      paragraphs: [
        `${printableName(params.email)} accepted your invitation to ${nameDataset(params)} on ${writeTime(at)} and may ${MAY[params.right]}, while acting for ${printableName(params.theirCompanyName)}.`,
      ],
      footer: [
        `You get this mail because you invited this person at ${host}.`,
        'If you did not, take the right away on the page of the dataset, and change your password.',
      ],
    }),
  }),
  'dataset-shared': defineTemplate({
    params: DATASET.extend({
      ...PLACE,
      granterName: z.string().nullable(),
      right: z.enum(GIVEN),
      until: UNTIL,
    }),
    link: null,
    write: (params, { host, at, page }) => ({
      subject: `“${printableName(params.datasetName)}” was shared with you`,
      paragraphs: [
        `On ${writeTime(at)} ${params.granterName === null ? 'a colleague' : printableName(params.granterName)} shared ${nameDataset(params)} with you: you may ${MAY[params.right]}.${sayEnd(params.until)}`,
      ],
      action: {
        label: 'See the dataset',
        url: page(`/companies/${params.company}/datasets/${params.dataset}`),
      },
      footer: [memberReason(params.companyName, host)],
    }),
  }),
  'dataset-request': defineTemplate({
    // `companyName` is the asker's.
    params: DATASET.extend({
      ...PLACE,
      email: z.string(),
      name: z.string().nullable(),
      right: z.enum(GIVEN),
    }),
    link: null,
    write: (params, { host, page }) => {
      const who =
        params.name === null
          ? printableName(params.email)
          : `${printableName(params.name)} (${printableName(params.email)})`;
      return {
        subject: `Somebody asks for the dataset “${printableName(params.datasetName)}”`,
        paragraphs: [
          `${who} of the company ${printableName(params.companyName)} asks to ${params.right === 'modify' ? 'read and change' : 'read'} your dataset “${printableName(params.datasetName)}” at ${host}.`,
          'Nothing is given before one of you who manage the dataset says so. Who asked has not been told whether there is such a dataset; if nobody answers within 30 days, the request ends by itself.',
        ],
        action: {
          label: 'Decide',
          url: page(`/companies/${params.company}/datasets/${params.dataset}/people`),
        },
        footer: [
          `You get this mail because you manage this dataset at ${host}.`,
          'If you do not know who asks, refuse or leave it: nobody outside your company is told that you did.',
        ],
      };
    },
  }),
  'dataset-request-granted': defineTemplate({
    params: DATASET.extend({ ...PLACE, right: z.enum(GIVEN), until: UNTIL }),
    link: null,
    write: (params, { host, page }) => ({
      subject: `You may now use “${printableName(params.datasetName)}”`,
      paragraphs: [
        `You asked for ${nameDataset(params)}. It was granted: you may ${MAY[params.right]}.${sayEnd(params.until)}`,
      ],
      action: {
        label: 'See the dataset',
        url: page(`/companies/${params.company}/datasets/${params.dataset}`),
      },
      footer: [`You get this mail because you asked for this dataset at ${host}.`],
    }),
  }),
  'dataset-request-refused': defineTemplate({
    // Neither its name nor whose it is: who asks by an id need not know them.
    params: z.object({ dataset: z.string() }),
    link: null,
    write: ({ dataset }, { host }) => ({
      subject: 'Your request for a dataset was refused',
      paragraphs: [`You asked for the dataset ${printableName(dataset)}. The request was refused.`],
      footer: [`You get this mail because you asked for this dataset at ${host}.`],
    }),
  }),
};
