/** The letter about use that is not as usual. */
import { z } from 'zod';
import { printableName } from './letter.ts';
import { defineTemplate } from './template.ts';

export const LETTERS_OF_USAGE = {
  'usage-unusual': defineTemplate({
    params: z.object({
      /** Id of the company, for the address of its page. */
      company: z.string().regex(/^com_[0-9a-z]+$/),
      companyName: z.string(),
      /** One sentence each; the names in them are printable. */
      findings: z.array(z.string()).min(1),
      /** How many more there are. */
      further: z.int().min(0),
    }),
    link: null,
    write: ({ company, companyName, findings, further }, { host, page }) => ({
      subject: `Unusual use of ${printableName(companyName)}`,
      paragraphs: [
        'Something about the use of your projects is not as it was in the four weeks before. It may well be what you want: a new page, a campaign, a program that was put right. If not, see which key it was, and rotate or revoke it.',
        ...(further === 0
          ? []
          : [
              `The list is not complete: ${further === 1 ? 'one more is' : `${further} more are`} on the page.`,
            ]),
      ],
      lines: findings,
      action: { label: 'See the usage', url: page(`/companies/${company}/usage`) },
      footer: [
        `You get this mail because somebody switched it on for the company ${printableName(companyName)} at ${host}. It comes once a day at most, and is switched off under Settings.`,
        'Who called we cannot tell, because we do not keep it: requests are counted, not recorded.',
      ],
    }),
  }),
};
