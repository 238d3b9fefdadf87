/** The letter about a webhook that was switched off. */
import { z } from 'zod';
import { printableName } from './letter.ts';
import { defineTemplate, writeTime } from './template.ts';

const WHY = {
  gone: 'Its receiver answered that it is gone for good (status 410).',
  failing: 'For five days nothing that we sent to it has arrived.',
} as const;

export const LETTERS_OF_WEBHOOKS = {
  'webhook-disabled': defineTemplate({
    params: z.object({
      companyName: z.string(),
      /** Of its address; the rest may be a secret. */
      host: z.string(),
      description: z.string(),
      because: z.enum(['gone', 'failing']),
    }),
    link: null,
    write: ({ companyName, host: receiver, description, because }, { host, at, page }) => ({
      subject: `A webhook of ${printableName(companyName)} was switched off`,
      paragraphs: [
        `On ${writeTime(at)} a webhook of the company ${printableName(companyName)} was switched off. ${WHY[because]}`,
        'Nothing is sent to it any more. Put the receiver right, send a test, and switch the webhook on again; messages that did not arrive can be sent again one by one for thirty days.',
      ],
      lines: [
        `Receiver: ${printableName(receiver)}`,
        ...(description === '' ? [] : [`Description: ${printableName(description)}`]),
      ],
      action: { label: 'See the dashboard', url: page('') },
      footer: [
        `You get this mail because this is the address of the company ${printableName(companyName)} at ${host}, or that of an owner.`,
      ],
    }),
  }),
};
