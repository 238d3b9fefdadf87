/** A person at the dashboard: a browser profile of their own, a mailbox, a device that holds passkeys, and an app for codes. */
import assert from 'node:assert/strict';
import type { BrowserContextOptions, CDPSession, Page, Response } from 'playwright-core';
import type { TestBrowser, Visit } from './browser.ts';
import { openMailbox, type Mailbox } from './mailbox.ts';
import type { TestSmtp } from './smtp.ts';

/** A device with a fingerprint reader, as the browser sees it (WebDriver's virtual authenticator). */
export interface Device {
  /** Lets the finger lie on the reader while something is done; a passkey is never used unasked. */
  touching<Value>(work: () => Promise<Value>): Promise<Value>;
  /** Passkeys that it holds. */
  count(): Promise<number>;
}

export interface Person extends AsyncDisposable {
  readonly page: Page;
  readonly address: string;
  readonly mailbox: Mailbox;
  readonly device: Device;
  /** Goes to a page of the dashboard, such as `/sign-in`, by its address. */
  go(path: string): Promise<void>;
  /** Waits for the page of this title. */
  see(title: string): Promise<void>;
  /** Clicks the button of this name. */
  press(name: string): Promise<void>;
  /** Clicks the link of this name in the navigation. */
  turnTo(name: string): Promise<void>;
  /** Chooses from the menu of this name. */
  choose(menu: string, item: string): Promise<void>;
  /** Types the secret part of an answer and sends it, such as a code. */
  fill(label: string, text: string): Promise<void>;
  /** Makes an account and a company, follows the link that is mailed, and arrives at the overview. */
  signUp(company: string): Promise<void>;
  signOut(): Promise<void>;
  /**
   * Asserts that nothing went wrong on the page since the last time but refusals of these statuses (each reported by the
   * browser as an error of its own), and that each of them came.
   */
  assertQuiet(...refusals: readonly number[]): void;
}

const openDevice = async (session: CDPSession): Promise<Device> => {
  await session.send('WebAuthn.enable');
  const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: false,
    },
  });
  const touch = (enabled: boolean): Promise<unknown> =>
    session.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled });
  return {
    touching: async (work) => {
      await touch(true);
      try {
        return await work();
      } finally {
        await touch(false);
      }
    },
    count: async () =>
      (await session.send('WebAuthn.getCredentials', { authenticatorId })).credentials.length,
  };
};

const assertOnly = (faults: readonly string[], refusals: readonly number[]): void => {
  const statuses = faults.map((fault) => Number(/status of (\d+)/.exec(fault)?.[1] ?? Number.NaN));
  const unexpected = faults.filter((_fault, index) => !refusals.includes(statuses[index] ?? 0));
  assert.deepEqual(unexpected, []);
  assert.deepEqual(new Set(statuses), new Set(refusals));
};

export interface PersonOptions {
  readonly browser: TestBrowser;
  /** The server's origin. */
  readonly url: string;
  readonly smtp: TestSmtp;
  readonly address: string;
  readonly context?: BrowserContextOptions;
}

/** With which everybody signs up (`Person.signUp`). */
export const PASSWORD_OF_ALL = 'nine quiet harbours under snow';

/** Somebody who has never been here before. */
export const meetPerson = async ({
  browser,
  url,
  smtp,
  address,
  context = {},
}: PersonOptions): Promise<Person> => {
  const visit: Visit = await browser.visit(url, {
    viewport: { width: 1280, height: 800 },
    colorScheme: 'light',
    reducedMotion: 'reduce',
    locale: 'en-GB',
    timezoneId: 'UTC',
    ...context,
  });
  const { page, faults } = visit;
  page.setDefaultTimeout(15_000);
  let seen = 0;
  const see = (title: string): Promise<void> =>
    page.getByRole('heading', { level: 1, name: title, exact: true }).waitFor();
  const choose = async (menu: string, item: string): Promise<void> => {
    await page.getByRole('button', { name: menu, exact: true }).click();
    const list = page.getByRole('group', { name: menu, exact: true });
    await list
      .getByRole('button', { name: item, exact: true })
      .or(list.getByRole('link', { name: item, exact: true }))
      .click();
  };
  const go = async (path: string): Promise<void> => {
    const response: Response | null = await page.goto(`${url}/dashboard${path}`);
    assert.equal(response?.status() ?? 200, 200);
  };
  const press = (name: string): Promise<void> => page.getByRole('button', { name, exact: true }).click();
  const fill = (label: string, text: string): Promise<void> =>
    page.getByLabel(label, { exact: true }).fill(text);
  const mailbox = openMailbox(smtp, address);
  return {
    page,
    address,
    mailbox,
    device: await openDevice(await page.context().newCDPSession(page)),
    go,
    see,
    press,
    turnTo: (name) => page.getByRole('navigation').getByRole('link', { name, exact: true }).click(),
    choose,
    fill,
    signUp: async (company) => {
      await go('/sign-up');
      await see('Create an account');
      await fill('E-mail address', address);
      await fill('Company', company);
      await fill('Password', PASSWORD_OF_ALL);
      await press('Create account');
      await see('Check your mail');
      await page.goto(await mailbox.nextLink('Confirm your address'));
      await see('Confirm your address');
      await press('Confirm and sign in');
      await see('Overview');
    },
    signOut: async () => {
      await choose('Account', 'Sign out');
      await see('Sign in');
    },
    assertQuiet: (...refusals) => {
      const news = faults.slice(seen);
      seen = faults.length;
      assertOnly(news, refusals);
    },
    [Symbol.asyncDispose]: () => visit[Symbol.asyncDispose](),
  };
};
