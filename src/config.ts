import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { canonicalNetwork } from './keys/networks.ts';
import { parseValkeyUrl } from './limits/valkey-url.ts';
import { parseSender, parseSmtpUrl } from './mail/smtp-url.ts';

/** Everything the environment decides, read once and frozen. */
export interface Config {
  readonly dataDir: string;
  readonly port: number;
  readonly httpPort: number | null;
  readonly adminPort: number;
  /** An external PostgreSQL; the embedded one where it is null. */
  readonly databaseUrl: string | null;
  /** Where nodes share limits, with its credentials; PostgreSQL where it is null. Never log it. */
  readonly valkeyUrl: string | null;
  readonly tlsCert: string | null;
  readonly tlsKey: string | null;
  /** The origin under which clients reach the public listener, without a trailing slash. */
  readonly publicUrl: string;
  readonly workers: number;
  readonly logLevel: LogLevel;
  readonly securityContact: string;
  /** Where mail is handed over, with its credentials; the local mailbox where it is null. Never log it. */
  readonly smtpUrl: string | null;
  /** Who mail comes from: an address, or a name with an address in angle brackets. */
  readonly mailFrom: string;
  /** Networks in CIDR notation that webhooks may lead to besides public addresses; none where it is empty. */
  readonly webhookNetworks: readonly string[];
  /** Networks in CIDR notation of proxies that say whose requests they pass on; none where it is empty. */
  readonly trustedProxies: readonly string[];
  /** Whether the geocoding contract's published test keys are answered. */
  readonly geocodingTestKeys: boolean;
}

const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** A start that cannot go on because of the environment; the message is the whole sentence for the operator. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

interface Variable {
  readonly name: string;
  readonly meaning: string;
  /** What it is when it is not set, in words. */
  readonly otherwise: string;
  /** The value's form, as it stands in the sentence that refuses a wrong one. */
  readonly form: string;
  readonly example: string;
}

/** The table of variables that `--help` and the README show. */
export const VARIABLES = [
  {
    name: 'DATA_DIR',
    meaning: 'where the database, the gazetteer index, certificates and secrets live',
    otherwise: './data',
    form: 'a directory path',
    example: '/var/lib/vouchsafe',
  },
  {
    name: 'PORT',
    meaning: 'public HTTPS port',
    otherwise: '8443',
    form: 'a port number from 0 to 65535',
    example: '443',
  },
  {
    name: 'HTTP_PORT',
    meaning: 'plain HTTP port that only redirects or refuses',
    otherwise: '8080',
    form: 'a port number from 0 to 65535, or off',
    example: '80',
  },
  {
    name: 'ADMIN_PORT',
    meaning: 'administrative port on loopback: health, readiness, metrics',
    otherwise: '9090',
    form: 'a port number from 0 to 65535',
    example: '9090',
  },
  {
    name: 'DATABASE_URL',
    meaning: 'an external PostgreSQL 15 or later instead of the embedded one',
    otherwise: 'the embedded PostgreSQL',
    form: 'a postgres:// URL',
    example: 'postgres://vouchsafe@db.example.com/vouchsafe?sslmode=verify-full',
  },
  {
    name: 'VALKEY_URL',
    meaning:
      'a Valkey or Redis 6.2 or later in which several nodes share limits, over TLS unless it is on this machine',
    otherwise: 'PostgreSQL',
    form: 'a valkeys:// or rediss:// URL, or valkey:// or redis:// for this machine',
    example: 'valkeys://vouchsafe:password@valkey.example.com:6379/0',
  },
  {
    name: 'TLS_CERT',
    meaning: 'certificate chain for the public port',
    otherwise: 'a certificate for localhost from a local CA',
    form: 'the path of a PEM file, together with TLS_KEY',
    example: '/etc/letsencrypt/live/api.example.com/fullchain.pem',
  },
  {
    name: 'TLS_KEY',
    meaning: 'private key of TLS_CERT',
    otherwise: 'made with the local certificate',
    form: 'the path of a PEM file, together with TLS_CERT',
    example: '/etc/letsencrypt/live/api.example.com/privkey.pem',
  },
  {
    name: 'PUBLIC_URL',
    meaning: 'the address under which clients reach this server',
    otherwise: 'https://localhost:PORT',
    form: 'an https:// origin without a path',
    example: 'https://api.example.com',
  },
  {
    name: 'WORKERS',
    meaning: 'worker threads that answer requests',
    otherwise: 'one a core',
    form: 'a whole number from 1 to 256',
    example: '4',
  },
  {
    name: 'LOG_LEVEL',
    meaning: 'how much is logged; no level logs what callers sent',
    otherwise: 'info',
    form: `one of ${LOG_LEVELS.join(', ')}`,
    example: 'warn',
  },
  {
    name: 'SECURITY_CONTACT',
    meaning: 'where security.txt sends reports',
    otherwise: 'mailto:security@ the host of PUBLIC_URL',
    form: 'a mailto: or https: address',
    example: 'mailto:security@example.com',
  },
  {
    name: 'SMTP_URL',
    meaning: 'the mail server that takes what is sent, over TLS unless it is on this machine',
    otherwise: 'a mailbox on the administrative port, at /mailbox',
    form: 'an smtps:// URL, or smtp:// for STARTTLS, without a path',
    example: 'smtps://user:password@mail.example.com',
  },
  {
    name: 'MAIL_FROM',
    meaning: 'who mail comes from',
    otherwise: 'no-reply@ the host of PUBLIC_URL',
    form: 'a mail address, or a name with an address in angle brackets',
    example: 'accounts@example.com',
  },
  {
    name: 'WEBHOOK_NETWORKS',
    meaning: 'networks that webhooks may lead to besides public addresses',
    otherwise: 'none',
    form: 'networks in CIDR notation with commas between them',
    example: '10.20.0.0/16,fd00:20::/64',
  },
  {
    name: 'TRUSTED_PROXIES',
    meaning:
      'networks of your own proxies, whose X-Forwarded-For or Forwarded says who calls; from anybody else they are ignored',
    otherwise: 'none',
    form: 'networks in CIDR notation with commas between them, none of which holds every address',
    example: '10.0.0.7/32,fd00:7::/64',
  },
  {
    name: 'GEOCODING_TEST_KEYS',
    meaning: "whether the geocoding contract's published test keys are answered, with made-up results",
    otherwise: 'on with the embedded PostgreSQL, else off',
    form: 'on or off',
    example: 'off',
  },
] as const satisfies readonly Variable[];

type VariableName = (typeof VARIABLES)[number]['name'];

const refuse = (name: VariableName, wrong?: string): never => {
  const variable = VARIABLES.find((candidate) => candidate.name === name);
  const why = wrong === undefined ? '' : ` (${wrong})`;
  throw new ConfigError(
    `${name} must be ${variable?.form ?? 'valid'}${why}, for example ${name}=${variable?.example ?? ''}`,
  );
};

const WHOLE_NUMBER = /^\d{1,5}$/;

const wholeNumber = (name: VariableName, text: string, least: number, most: number): number => {
  const value = WHOLE_NUMBER.test(text) ? Number(text) : Number.NaN;
  return value >= least && value <= most ? value : refuse(name);
};

const MOST_NETWORKS = 100;

const networksOf = (name: VariableName, text: string | undefined): readonly string[] => {
  if (text === undefined) return [];
  const networks = text.split(',').map((network) => canonicalNetwork(network) ?? refuse(name));
  return networks.length <= MOST_NETWORKS ? networks : refuse(name, `more than ${MOST_NETWORKS}`);
};

const isUrlWith = (text: string, protocols: readonly string[]): boolean =>
  URL.canParse(text) && protocols.includes(new URL(text).protocol);

const publicOrigin = (text: string): string => {
  const trimmed = text.replace(/\/$/, '');
  return isUrlWith(trimmed, ['https:']) && new URL(trimmed).origin === trimmed
    ? trimmed
    : refuse('PUBLIC_URL');
};

/**
 * Reads and validates the environment.
 * @throws {ConfigError} one sentence that names the variable, the value's form and an example; never the value.
 */
export const readConfig = (
  environment: Readonly<Record<string, string | undefined>> = process.env,
  workingDirectory: string = process.cwd(),
): Config => {
  const read = (name: VariableName): string | undefined => {
    const text = environment[name]?.trim();
    return text === undefined || text === '' ? undefined : text;
  };
  const port = wholeNumber('PORT', read('PORT') ?? '8443', 0, 65_535);
  const httpPort = read('HTTP_PORT') ?? '8080';
  const databaseUrl = read('DATABASE_URL') ?? null;
  if (databaseUrl !== null && !isUrlWith(databaseUrl, ['postgres:', 'postgresql:'])) refuse('DATABASE_URL');
  const valkeyUrl = read('VALKEY_URL') ?? null;
  if (valkeyUrl !== null && parseValkeyUrl(valkeyUrl) === undefined) refuse('VALKEY_URL');
  const tlsCert = read('TLS_CERT') ?? null;
  const tlsKey = read('TLS_KEY') ?? null;
  if (tlsCert === null && tlsKey !== null) refuse('TLS_CERT', 'TLS_KEY is set without it');
  if (tlsKey === null && tlsCert !== null) refuse('TLS_KEY', 'TLS_CERT is set without it');
  const publicUrl = publicOrigin(read('PUBLIC_URL') ?? `https://localhost${port === 443 ? '' : `:${port}`}`);
  const logLevel = LOG_LEVELS.find((level) => level === (read('LOG_LEVEL') ?? 'info')) ?? refuse('LOG_LEVEL');
  const contact = read('SECURITY_CONTACT') ?? `mailto:security@${new URL(publicUrl).hostname}`;
  if (!isUrlWith(contact, ['mailto:', 'https:'])) refuse('SECURITY_CONTACT');
  const smtpUrl = read('SMTP_URL') ?? null;
  if (smtpUrl !== null && parseSmtpUrl(smtpUrl) === undefined) refuse('SMTP_URL');
  // An address in brackets is no domain of a mail address as it stands.
  const { hostname } = new URL(publicUrl);
  const mailFrom =
    read('MAIL_FROM') ?? `Vouchsafe <no-reply@${hostname.startsWith('[') ? 'localhost' : hostname}>`;
  if (parseSender(mailFrom) === undefined) refuse('MAIL_FROM');
  const testKeys = read('GEOCODING_TEST_KEYS') ?? (databaseUrl === null ? 'on' : 'off');
  if (testKeys !== 'on' && testKeys !== 'off') refuse('GEOCODING_TEST_KEYS');
  const trustedProxies = networksOf('TRUSTED_PROXIES', read('TRUSTED_PROXIES'));
  // Where everybody is a proxy, everybody says who they are.
  if (trustedProxies.some((network) => network.endsWith('/0'))) refuse('TRUSTED_PROXIES');
  const dataDir = read('DATA_DIR') ?? 'data';
  if (dataDir.includes('\0')) refuse('DATA_DIR');
  return Object.freeze({
    dataDir: resolve(workingDirectory, dataDir),
    port,
    httpPort: httpPort === 'off' ? null : wholeNumber('HTTP_PORT', httpPort, 0, 65_535),
    adminPort: wholeNumber('ADMIN_PORT', read('ADMIN_PORT') ?? '9090', 0, 65_535),
    databaseUrl,
    valkeyUrl,
    tlsCert,
    tlsKey,
    publicUrl,
    workers: wholeNumber('WORKERS', read('WORKERS') ?? String(availableParallelism()), 1, 256),
    logLevel,
    securityContact: contact,
    smtpUrl,
    mailFrom,
    webhookNetworks: networksOf('WEBHOOK_NETWORKS', read('WEBHOOK_NETWORKS')),
    trustedProxies,
    geocodingTestKeys: testKeys === 'on',
  });
};
